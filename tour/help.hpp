#pragma once

// What `help(...)` prints: our own documentation, out of the headers.

#include <string>

namespace tour {

/// The documentation of Popen and of its keyword arguments.
[[nodiscard]] std::string help_on_popen();
/// The contents of multiprocessing, a line for each name.
[[nodiscard]] std::string help_on_multiprocessing();
/// What a queue offers, a line for each name.
[[nodiscard]] std::string help_on_queue();

}  // namespace tour
