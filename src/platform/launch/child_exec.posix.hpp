#pragma once

// From the birth of a child to execve(2). See child_exec.posix.cpp for what is allowed there.

#include "platform/launch/launch.hpp"
#include "platform/system/signal_mask.posix.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace progeny::platform {

/// How a child tells why it could not become the program. Travels through shared memory, or as
/// bytes through a pipe where the child has a copy of the memory.
struct ChildReport {
  static constexpr std::uint32_t expected_magic = 0x70726F67;

  std::uint32_t magic = 0;   ///< `expected_magic` once the child has run at all.
  std::uint32_t failed = 0;  ///< A LaunchStep; 0 while nothing failed.
  std::int32_t error = 0;    ///< errno of the failed step.
};
static_assert(std::is_trivially_copyable_v<ChildReport>);

/// How descriptors above the standard streams are kept from the program.
enum class Sweep : std::uint8_t {
  none,         ///< They are not: the caller wants what is inheritable to pass.
  close_range,  ///< One close_range(2) for each gap between kept ones.
  walk,         ///< The folder of open descriptors, one by one.
};

/// Everything the child needs, prepared by the parent: plain memory that nobody else touches.
struct ChildPlan {
  const char* const* candidates = nullptr;  ///< Paths to try, null-terminated.
  char* const* arguments = nullptr;
  char* const* environment = nullptr;  ///< Null: what `environ` is at exec.
  const char* folder = nullptr;
  std::int32_t streams[3] = {-1, -1, -1};
  const int* kept = nullptr;  ///< Ascending, without repetition.
  std::size_t kept_count = 0;
  Sweep sweep = Sweep::none;
  bool resets_handlers = false;  ///< The kernel has not done it (CLONE_CLEAR_SIGHAND).
  bool restore_signals = false;
  bool new_session = false;
  bool sets_process_group = false;
  bool sets_user = false;
  bool sets_group = false;
  bool sets_groups = false;
  bool sets_umask = false;
  int process_group = 0;
  int terminal = -1;  ///< Becomes the controlling terminal of the new session; above the streams.
  std::uint32_t user = 0;
  std::uint32_t group = 0;
  const std::uint32_t* groups = nullptr;
  std::size_t group_count = 0;
  unsigned umask = 0;
  SignalBits signal_mask = 0;     ///< The mask the program starts with.
  bool (*hook)(void*) = nullptr;  ///< False: it threw. Only in a true fork.
  void* hook_context = nullptr;
  int report_pipe = -1;  ///< Where the report goes in a true fork.
  ChildReport report;
};

/// Becomes the program, or reports why not and ends the process. Does not return, but is not
/// declared so: ASan would unwind its own idea of the stack before such a call.
void child_exec(ChildPlan& plan) noexcept;

}  // namespace progeny::platform
