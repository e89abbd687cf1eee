#pragma once

// From the birth of a child to execve(2); child_exec.posix.cpp says what is allowed there. POSIX
// only.

#include "platform/launch/launch.hpp"
#include "platform/system/signal_mask.posix.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace progeny::platform {

/// How a child says why it could not become the program. It is in memory that child and parent
/// share. After a true fork, where they do not, its bytes go through a pipe.
struct ChildReport {
  static constexpr std::uint32_t expected_magic = 0x70726F67;

  std::uint32_t magic = 0;   ///< `expected_magic` once the child has run.
  std::uint32_t failed = 0;  ///< A LaunchStep; 0 while no step failed.
  std::int32_t error = 0;    ///< errno of the failed step.
};
static_assert(std::is_trivially_copyable_v<ChildReport>);

/// How descriptors above the standard streams are kept from the program.
enum class Sweep : std::uint8_t {
  none,         ///< They are not: the program gets all inheritable ones.
  close_range,  ///< By close_range(2), once for each gap between kept ones.
  walk,         ///< One by one, by the folder of open descriptors.
};

/// Everything that the child needs, prepared by the parent in plain memory. The child is its only
/// user until it has called exec or ended.
struct ChildPlan {
  const char* const* candidates = nullptr;  ///< Paths to try, null-terminated.
  char* const* arguments = nullptr;
  char* const* environment = nullptr;  ///< Null: what `environ` is at exec.
  const char* folder = nullptr;
  std::int32_t streams[3] = {-1, -1, -1};
  const int* kept = nullptr;  ///< Ascending, without repetition.
  std::size_t kept_count = 0;
  Sweep sweep = Sweep::none;
  bool resets_handlers = false;  ///< Unless the kernel has done it (CLONE_CLEAR_SIGHAND).
  bool restore_signals = false;
  bool new_session = false;
  bool sets_process_group = false;
  bool sets_user = false;
  bool sets_group = false;
  bool sets_groups = false;
  bool sets_umask = false;
  int process_group = 0;
  int terminal = -1;  ///< The controlling terminal of the new session; above the streams.
  std::uint32_t user = 0;
  std::uint32_t group = 0;
  const std::uint32_t* groups = nullptr;
  std::size_t group_count = 0;
  unsigned umask = 0;
  SignalBits signal_mask = 0;     ///< The mask that the program starts with.
  bool (*hook)(void*) = nullptr;  ///< Returns false if it threw. Only in a true fork.
  void* hook_context = nullptr;
  int report_pipe = -1;  ///< In a true fork, where the report goes.
  ChildReport report;
};

/// Executes the program, or reports why it cannot and ends the child. It does not return, but is
/// not declared [[noreturn]]: before such a call, ASan would unpoison what it takes for the stack.
void child_exec(ChildPlan& plan) noexcept;

}  // namespace progeny::platform
