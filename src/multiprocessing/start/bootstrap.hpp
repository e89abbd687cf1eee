#pragma once

// The life of a child, however it was started: Python's `BaseProcess._bootstrap`.
//
//     become_child   it stops being its parent's copy, or the program that main() runs
//     run_to_end     its target runs
//     end_process    exit callbacks, its own children, buffered output, exit code
//
// `end_process` is also where exit(3) leads in a child, so that nothing runs there which the parent
// has registered with atexit(3), and no destructor of the parent's static objects.
//
// Death with the parent: each process has a lifeline, a pipe whose writing end no other process
// has. Its children have the reading end. When the process dies, the kernel closes the writing end,
// and the reading ends become readable. `parent_process()` waits for that, and a child with
// `die_with_parent` has the kernel kill it then (lifeline.linux.cpp).

#include "multiprocessing/process/exit_callbacks.hpp"
#include "multiprocessing/process/process_core.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>

#include <functional>
#include <memory>
#include <string>

namespace progeny::multiprocessing::detail {

/// What a child knows of its parent.
struct ParentFacts {
  std::string name;
  int pid = 0;
  native_handle lifeline;  ///< The parent's. Stays open in the child.
};

/// Makes this new process the child `current`. Drops the exit callbacks of the parent, and goes on
/// with `hooks`. With `dies_with_parent` the system kills this process when the parent dies.
void become_child(std::shared_ptr<ProcessCore> current,
                  const ParentFacts& parent,
                  bool dies_with_parent,
                  AfterForkHooks hooks = {});

/// Runs `body` and ends this process: with 0, with the code of a `SystemExit`, or, after another
/// exception, with 1 and a report on stderr.
[[noreturn]] void run_to_end(const std::function<void()>& body) noexcept;

/// Runs the exit callbacks, ends the children, flushes the streams, and ends this process.
[[noreturn]] void end_process(int code) noexcept;

}  // namespace progeny::multiprocessing::detail
