#pragma once

// The texts that `help(...)` prints. They are taken from the headers.

#include <string>

namespace tour {

/// The documentation of Popen and of its keyword arguments.
[[nodiscard]] std::string help_on_popen();
/// The contents of multiprocessing, a line for each name.
[[nodiscard]] std::string help_on_multiprocessing();
/// The methods of a queue, a line for each.
[[nodiscard]] std::string help_on_queue();

}  // namespace tour
