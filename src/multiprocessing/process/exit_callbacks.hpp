#pragma once

// The callbacks of `util::Finalize`, in the order in which the end of a process runs them.

#include <cstdint>
#include <functional>
#include <vector>

namespace progeny::multiprocessing::detail {

/// Callbacks of priority 0 and more come before the children are ended, the others after.
enum class ExitPhase : std::uint8_t { before_children, after_children };

/// Runs the callbacks of a phase, also those that such callbacks add.
void run_exit_callbacks(ExitPhase phase) noexcept;

using AfterForkHooks = std::vector<std::function<void()>>;

/// What was registered for new copies of this process. To be taken before the copy is made: in the
/// copy the lock around it may be held by a thread that is not there.
[[nodiscard]] AfterForkHooks after_fork_hooks();

/// In a new process: drops the callbacks that it has copied of its parent's; goes on with `hooks`.
void forget_exit_callbacks(AfterForkHooks hooks);

/// Has the end of a main process run callbacks and end its children. Once is enough.
void tend_to_the_end();

/// Runs what was registered for new copies of the process.
void run_after_fork_hooks() noexcept;

}  // namespace progeny::multiprocessing::detail
