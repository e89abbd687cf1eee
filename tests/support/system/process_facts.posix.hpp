#pragma once

// What only POSIX systems say about this process and its children.

#include "support/system/process_facts.hpp"

#include <string>

namespace progeny::testing {

/// Whether `pid` is a child of this process that has not been reaped, running or not.
[[nodiscard]] bool is_unreaped_child(int pid);

/// A line of /proc/self/status without its name and blanks: `status_line("Threads")` is `1`.
[[nodiscard]] std::string status_line(const std::string& name);

}  // namespace progeny::testing
