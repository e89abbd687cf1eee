#include "multiprocessing/start/bootstrap.hpp"

#include "multiprocessing/process/exit_order.hpp"
#include "multiprocessing/start/parent_watch.hpp"
#include "platform/process/process_end.hpp"
#include "platform/process/sentinel.hpp"

#include <progeny/multiprocessing/logging.hpp>
#include <progeny/serial/exceptions.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <optional>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

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
  } catch (...) {  // NOLINT(bugprone-empty-catch): the exit code still tells.
  }
}

// Whether the exception just ends the process, and with which code.
std::optional<int> asked_exit_code(const std::exception_ptr& error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const SystemExit& exit) {
    return exit.code();
  } catch (...) {
    return std::nullopt;
  }
}

int code_of(const serial::Failure& failure) noexcept {
  const auto asked = asked_exit_code(failure.error);
  if (!asked) {
    report(failure);
  }
  return asked.value_or(1);
}

}  // namespace

void be_born(std::shared_ptr<ProcessCore> current,
             const ParentFacts& parent,
             bool dies_with_parent,
             AfterForkHooks hooks) {
  become(std::move(current), parent_core(parent));
  forget_exit_callbacks(std::move(hooks));
  platform::take_over_exit(end_process);
  if (dies_with_parent) {
    platform::die_with(parent.lifeline);
  }
  platform::empty_standard_input();
}

void live(const std::function<void()>& body) noexcept {
  const auto failure = serial::run_and_capture([&] {
    get_logger().info("child process calling self.run()");
    body();
  });
  end_process(failure ? code_of(*failure) : 0);
}

void end_process(int code) noexcept {
  run_exit_callbacks(ExitPhase::before_children);
  end_children();
  run_exit_callbacks(ExitPhase::after_children);
  get_logger().info(fmt::format("process exiting with exitcode {}", code));
  platform::flush_streams();
  platform::leave(code);
}

}  // namespace progeny::multiprocessing::detail
