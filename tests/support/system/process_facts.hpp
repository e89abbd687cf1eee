#pragma once

// What the system says about this process and its children, independent of the library.

#include <chrono>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace progeny::testing {

/// No test should come near to it, however loaded the machine is.
inline constexpr std::chrono::seconds very_long{60};

/// Asks again and again, yielding in between, until the answer is yes or `very_long` is over.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

/// Whether this process has any child that runs or has not been reaped.
[[nodiscard]] bool has_child();

/// The numbers of all children of this process that run or have not been reaped, in order.
[[nodiscard]] std::vector<int> children();

/// Whether a process `pid` exists and has not ended.
[[nodiscard]] bool is_running(int pid);

/// Whether nothing is left of the child `pid`: it has ended and was reaped. On Windows: and nobody
/// has a handle to it any more, for which it may take the system a moment.
[[nodiscard]] bool is_gone(int pid);

/// Waits until the child `pid` has ended, and leaves it to the library to reap. Returns whether
/// there was such a child.
[[nodiscard]] bool await_end(int pid);

/// Kills the process `pid`, behind the library's back. Returns whether that worked.
[[nodiscard]] bool kill_process(int pid);

/// How many descriptors this process has open; handles on Windows.
[[nodiscard]] std::size_t open_descriptors();

/// How many threads this process has.
[[nodiscard]] std::size_t thread_count();

/// The names of shared memory that exist on this machine. On Windows none: they go by themselves.
[[nodiscard]] std::set<std::string> shared_memory_names();

/// Whether a process other than this one has the shared memory of that name open or mapped. What
/// belongs to another user does not show.
[[nodiscard]] bool is_used_by_others(const std::string& shared_memory);

/// Processor time that this process has used, all threads together.
[[nodiscard]] std::chrono::nanoseconds processor_time();

/// `count` bytes in which a lost, doubled or displaced block shows.
[[nodiscard]] std::string pattern(std::size_t count);

}  // namespace progeny::testing
