#pragma once

// The life of a child from its birth to its end.

#include "multiprocessing/process/exit_callbacks.hpp"
#include "multiprocessing/process/process_core.hpp"

#include <functional>
#include <memory>
#include <string>

namespace progeny::multiprocessing::detail {

/// What a child knows of the process that wanted it.
struct ParentFacts {
  std::string name;
  int pid = 0;
  native_handle lifeline;  ///< The parent's, which stays open in the child for good.
};

/// Turns this new process into the child `current`: nothing that was registered for the end of the
/// parent runs in it. With `dies_with_parent` the system kills it when the parent dies.
void be_born(std::shared_ptr<ProcessCore> current,
             const ParentFacts& parent,
             bool dies_with_parent,
             AfterForkHooks hooks = {});

/// Runs `body`, then what was registered for the end of this process, and ends it: with 0, with the
/// code of `SystemExit`, or with 1 and a report on stderr after another exception.
[[noreturn]] void live(const std::function<void()>& body) noexcept;

/// Ends this process in good order: callbacks, children, streams.
[[noreturn]] void end_process(int code) noexcept;

}  // namespace progeny::multiprocessing::detail
