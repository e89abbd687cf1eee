#include "multiprocessing/bootstrap.hpp"

#include "multiprocessing/exit_order.hpp"
#include "multiprocessing/parent_watch.hpp"
#include "platform/lifeline.hpp"
#include "platform/process_end.hpp"

#include <progeny/multiprocessing/logging.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <exception>
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

std::string description_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown exception";
  }
}

void report(const std::exception_ptr& failure) noexcept {
  try {
    const auto text =
        fmt::format("Process {}:\n{}\n", current_process().name(), description_of(failure));
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
  } catch (...) {  // NOLINT(bugprone-empty-catch): the exit code still tells.
  }
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
  int code = 0;
  try {
    get_logger().info("child process calling self.run()");
    body();
  } catch (const SystemExit& exit) {
    code = exit.code();
  } catch (...) {
    code = 1;
    report(std::current_exception());
  }
  end_process(code);
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
