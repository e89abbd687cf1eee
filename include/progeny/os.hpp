#pragma once

// The part of Python's `os` that starts programs.

// IWYU pragma: begin_exports
#include <progeny/os/environment.hpp>
#include <progeny/os/popen.hpp>
#include <progeny/os/startfile.hpp>
#include <progeny/os/system.hpp>
// IWYU pragma: end_exports
