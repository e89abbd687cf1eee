#pragma once

// What `help(subprocess.Popen)` prints: our own documentation, out of the headers.

#include <string>

namespace tour {

/// The documentation of Popen and of its keyword arguments.
[[nodiscard]] std::string help_on_popen();

}  // namespace tour
