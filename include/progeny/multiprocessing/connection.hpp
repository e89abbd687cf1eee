#pragma once

// Messages between processes: Python's `multiprocessing.connection`. Connections and pipes,
// listeners and clients by address, and waiting for several things at once.

// IWYU pragma: begin_exports
#include <progeny/multiprocessing/connection/address.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/connection/wait.hpp>
// IWYU pragma: end_exports
