#include "multiprocessing/start/bootstrap.hpp"

#include "multiprocessing/process/exit_callbacks.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/start/parent_watch.hpp"
#include "platform/process/process_end.hpp"
#include "platform/process/sentinel.hpp"

#include <progeny/multiprocessing/logging.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/serial/exceptions.hpp>

#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// The parent as a process that was started elsewhere. A creator of 0 makes it a _ParentProcess.
std::shared_ptr<ProcessCore> parent_core(const ParentFacts& facts) {
  auto parent = std::make_shared<ProcessCore>();
  parent->name = facts.name;
  parent->foreign_pid = facts.pid;
  parent->creator = 0;
  parent->started = true;
  parent->popen = std::make_shared<ParentWatch>(facts.pid, facts.lifeline);
  return parent;
}

void report(const serial::Failure& failure) noexcept {
  try {
    const auto text =
        fmt::format("Process {}:\n{}", current_process().name(), serial::format_exception(failure));
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
  } catch (...) {  // NOLINT(bugprone-empty-catch): the exit code tells as well.
  }
}

// The code of a `SystemExit`, whose text is written. Nothing for another exception.
std::optional<int> asked_exit_code(const std::exception_ptr& error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const SystemExit& exit) {
    if (exit.has_text()) {
      std::fprintf(stderr, "%s\n", exit.what());
      std::fflush(stderr);
    }
    return exit.code();
  } catch (...) {
    return std::nullopt;
  }
}

// Python's code for an exception that nothing has caught is 1.
int code_of(const serial::Failure& failure) noexcept {
  const auto asked = asked_exit_code(failure.error);
  if (!asked) {
    report(failure);
  }
  return asked.value_or(1);
}

}  // namespace

// The order matters: `become` drops the copied children and locks, on which the rest would work.
// `take_over_exit` comes after all that the parent has registered, so exit(3) in the target runs
// `end_process` first, which does not return to the parent's handlers.
void become_child(std::shared_ptr<ProcessCore> current,
                  const ParentFacts& parent,
                  bool dies_with_parent,
                  AfterForkHooks hooks) {
  become(std::move(current), parent_core(parent));
  forget_exit_callbacks(std::move(hooks));
  platform::take_over_exit(end_process);
  if (dies_with_parent) {
    platform::die_with(parent.lifeline);
  }
  platform::empty_standard_input();  // As in Python: the terminal is the parent's to read.
}

void run_to_end(const std::function<void()>& body) noexcept {
  const auto failure = serial::run_and_capture([&] {
    get_logger().info("child process calling self.run()");
    body();
  });
  end_process(failure ? code_of(*failure) : 0);
}

// Streams are flushed last, as callbacks may write. The process then leaves without exit(3): the
// destructors of static objects are the parent's business, whose objects they are copies of.
void end_process(int code) noexcept {
  run_exit_callbacks();
  get_logger().info(fmt::format("process exiting with exitcode {}", code));
  platform::flush_streams();
  platform::leave(code);
}

}  // namespace progeny::multiprocessing::detail
