#include <progeny/subprocess/pipeline.hpp>

#include "base/deadline.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/errors.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace progeny::subprocess {

namespace {

const CompletedProcess* last_failure(const std::vector<CompletedProcess>& stages) {
  const auto failed = std::find_if(
      stages.rbegin(), stages.rend(), [](const auto& stage) { return stage.returncode != 0; });
  return failed == stages.rend() ? nullptr : &*failed;
}

// Those that run already are ended if a later one cannot be started.
std::vector<Popen> start_all(const std::vector<Args>& commands, const Options& options) {
  if (commands.empty()) {
    throw ValueError("a pipeline needs a command");
  }
  std::vector<Popen> stages;
  stages.reserve(commands.size());
  try {
    for (std::size_t i = 0; i < commands.size(); ++i) {
      Options own = options;
      if (i > 0) {
        own.std_in = Redirect(stages.back().std_out());
      }
      if (i + 1 < commands.size()) {
        own.std_out = PIPE;
        own.on_std_out = {};
      }
      stages.emplace_back(commands[i], own);
      if (i > 0) {
        // Only the reader has it then: when that ends, the writer is told so.
        stages[i - 1].std_out().close();
      }
    }
  } catch (...) {
    for (Popen& stage : stages) {
      stage.kill();
    }
    for (Popen& stage : stages) {
      stage.wait();
    }
    throw;
  }
  return stages;
}

// The time that is left when each of several calls begins.
class SharedTime {
 public:
  explicit SharedTime(const Timeout& timeout) : timeout_(timeout), deadline_(timeout) {}
  [[nodiscard]] Timeout left() const {
    return timeout_.limited() ? Timeout(deadline_.remaining()) : Timeout();
  }

 private:
  Timeout timeout_;
  progeny::detail::Deadline deadline_;
};

// A time-out tells the caller's limit, and what the last program has written so far.
void throw_first(const std::vector<std::exception_ptr>& errors,
                 const Timeout& timeout,
                 const Output& last) {
  const auto first =
      std::ranges::find_if(errors, [](const auto& error) { return error != nullptr; });
  if (first == errors.end()) {
    return;
  }
  std::optional<std::string> output = last.std_out;
  if (errors.back()) {
    try {
      std::rethrow_exception(errors.back());
    } catch (const TimeoutExpired& error) {
      output = error.output();
    } catch (...) {
      output.reset();
    }
  }
  try {
    std::rethrow_exception(*first);
  } catch (const TimeoutExpired& error) {
    throw TimeoutExpired(error.cmd(), timeout.limit(), output, error.std_err());
  }
}

}  // namespace

Commands operator|(const Cmd& first, const Cmd& second) {
  return {first.args(), second.args()};
}

Commands operator|(const Commands& commands, const Cmd& last) {
  std::vector<Args> all = commands.all();
  all.push_back(last.args());
  return Commands(std::move(all));
}

const std::optional<std::string>& CompletedPipeline::std_out() const {
  if (stages.empty()) {
    throw UsageError("a pipeline without programs has no output");
  }
  return stages.back().std_out;
}

std::int64_t CompletedPipeline::returncode() const noexcept {
  const CompletedProcess* const failed = last_failure(stages);
  return failed == nullptr ? 0 : failed->returncode;
}

void CompletedPipeline::check_returncode() const {
  if (const CompletedProcess* const failed = last_failure(stages)) {
    failed->check_returncode();
  }
}

Pipeline::Pipeline(const Commands& commands, const Options& options)
    : is_text_(options.text.value_or(options.universal_newlines.value_or(false)) ||
               options.encoding || options.errors),
      stages_(start_all(commands.all(), options)) {}

// Each program has a thread of its own, so that none waits for one whose pipe nobody reads. If
// there is no thread for one, all others are let go again.
CompletedPipeline Pipeline::communicate(BytesView input,
                                        Timeout timeout,
                                        const std::stop_token& stop) {
  const SharedTime time(timeout);
  std::vector<Output> outputs(stages_.size());
  std::vector<std::exception_ptr> errors(stages_.size());
  std::stop_source all;
  const std::stop_callback forward(stop, [&all] { all.request_stop(); });
  const auto exchange = [&](std::size_t i) {
    try {
      outputs[i] =
          stages_[i].communicate(i == 0 ? input : BytesView(), time.left(), all.get_token());
    } catch (...) {
      errors[i] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    threads.reserve(stages_.size());
    try {
      for (std::size_t i = 0; i + 1 < stages_.size(); ++i) {
        threads.emplace_back(exchange, i);
      }
    } catch (const std::system_error& error) {
      all.request_stop();
      throw OSError(error.code(), "start thread");
    }
    exchange(stages_.size() - 1);
  }
  throw_first(errors, timeout, outputs.back());
  CompletedPipeline done;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const bool is_last = i + 1 == stages_.size();
    done.stages.push_back({.args = stages_[i].args(),
                           .returncode = stages_[i].returncode().value_or(0),
                           .std_out = is_last ? std::move(outputs[i].std_out) : std::nullopt,
                           .std_err = std::move(outputs[i].std_err),
                           .is_text = is_text_,
                           .ending = stages_[i].ending().value_or(Ending())});
  }
  return done;
}

std::int64_t Pipeline::wait(Timeout timeout, const std::stop_token& stop) {
  const SharedTime time(timeout);
  for (Popen& stage : stages_) {
    stage.wait(time.left(), stop);
  }
  return poll().value_or(0);
}

std::optional<std::int64_t> Pipeline::poll() {
  std::int64_t returncode = 0;
  bool is_running = false;
  for (Popen& stage : stages_) {
    const auto own = stage.poll();
    is_running = is_running || !own;
    returncode = own.value_or(0) != 0 ? *own : returncode;
  }
  return is_running ? std::nullopt : std::optional(returncode);
}

void Pipeline::terminate() {
  for (Popen& stage : stages_) {
    stage.terminate();
  }
}

void Pipeline::kill() {
  for (Popen& stage : stages_) {
    stage.kill();
  }
}

Pipeline pipeline(const Commands& commands, const Options& options) {
  return Pipeline(commands, options);
}

CompletedPipeline run_pipeline(const Commands& commands, const Options& options) {
  Options own = options;
  own.input.reset();
  own.capture_output = false;
  own.timeout = {};
  own.check = false;
  own.stop = {};
  if (options.input) {
    if (options.std_in.kind() != Redirect::Kind::inherit) {
      throw ValueError("std_in (stdin) and input arguments may not both be used");
    }
    own.std_in = PIPE;
  }
  if (options.capture_output) {
    own.std_out = PIPE;
    own.std_err = PIPE;
  }
  Pipeline running(commands, own);
  try {
    CompletedPipeline done = running.communicate(
        options.input ? BytesView(*options.input) : BytesView(), options.timeout, options.stop);
    if (options.check) {
      done.check_returncode();
    }
    return done;
  } catch (const CalledProcessError&) {
    throw;
  } catch (...) {
    running.kill();
    running.wait();
    throw;
  }
}

}  // namespace progeny::subprocess
