#pragma once

// Objects that processes share through a server, in C++ and in Python: Python's
// `multiprocessing.managers`.

// IWYU pragma: begin_exports
#include <progeny/multiprocessing/managers/arguments.hpp>
#include <progeny/multiprocessing/managers/containers.hpp>
#include <progeny/multiprocessing/managers/errors.hpp>
#include <progeny/multiprocessing/managers/manager.hpp>
#include <progeny/multiprocessing/managers/proxy.hpp>
#include <progeny/multiprocessing/managers/registry.hpp>
#include <progeny/multiprocessing/managers/server.hpp>
#include <progeny/multiprocessing/managers/synchronize.hpp>
// IWYU pragma: end_exports
