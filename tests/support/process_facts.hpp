#pragma once

// What the system says about this process and its children, independent of the library.

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace progeny::testing {

/// No test should come near to it, however loaded the machine is.
inline constexpr std::chrono::seconds very_long{60};

/// Asks again and again, yielding in between, until the answer is yes or `very_long` is over.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

/// Whether `pid` is a child of this process that has not been reaped, running or not.
[[nodiscard]] bool is_unreaped_child(int pid);

/// Whether a process `pid` exists and is no zombie.
[[nodiscard]] bool is_running(int pid);

/// How many descriptors this process has open.
[[nodiscard]] std::size_t open_descriptors();

/// A line of /proc/self/status without its name and blanks: `status_line("Threads")` is `1`.
[[nodiscard]] std::string status_line(const std::string& name);

/// Processor time that this process has used, all threads together.
[[nodiscard]] std::chrono::nanoseconds processor_time();

/// `count` bytes in which a lost, doubled or displaced block shows.
[[nodiscard]] std::string pattern(std::size_t count);

}  // namespace progeny::testing
