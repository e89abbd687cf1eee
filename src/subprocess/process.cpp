#include "subprocess/process.hpp"

#include "base/deadline.hpp"
#include "base/log.hpp"
#include "platform/io/cancellation.hpp"
#include "platform/system/signals.hpp"
#include "subprocess/abandoned.hpp"
#include "subprocess/launch/check_options.hpp"
#include "subprocess/launch/start.hpp"
#include "subprocess/streams/standard_streams.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/errors.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <system_error>
#include <utility>

namespace progeny::subprocess::detail {

using platform::TransferEnd;
using platform::WaitEnd;
using progeny::detail::Deadline;

namespace {

// How long a cancelled wait gives the child to end by itself. The child has often been told as
// well, for example by Ctrl-C. CPython waits as long (Popen._sigint_wait_secs).
constexpr auto cancelled_wait = std::chrono::milliseconds(250);

bool ends_child(AtScopeExit what) noexcept {
  return what == AtScopeExit::terminate || what == AtScopeExit::kill;
}

// What Popen's destructor does to a stream: flush, close, and no exception.
void close_quietly(Stream& stream) noexcept {
  const Stream closed_here = std::move(stream);
}

}  // namespace

platform::TerminalSize terminal_size(const WindowSize& size) noexcept {
  return {.rows = static_cast<std::uint16_t>(size.rows),
          .columns = static_cast<std::uint16_t>(size.columns)};
}

Process::Process(const Args& args, const Options& options, const Redirects& redirects)
    : args_(args),
      at_scope_exit_(options.at_scope_exit),
      grace_(options.grace),
      on_std_out_(options.on_std_out),
      on_std_err_(options.on_std_err),
      leads_group_(makes_group(options)) {
  reap_abandoned();
  check_options(args, options, redirects);
  check_resources(options, redirects);
  const StreamFormat format{.bufsize = options.bufsize,
                            .text = text_format_of(options),
                            .fixed_capacity = options.pipesize > 0};
  is_text_ = format.text.has_value();
  StandardStreams streams(redirects, format, options);
  begin_ = std::chrono::steady_clock::now();
  child_ = start(args, options, streams);
  if (leads_group_ && ends_child(at_scope_exit_)) {
    child_->keep_group();
  }
  terminal_ = streams.take_terminal();
  std_in = std::move(streams.std_in);
  std_out = std::move(streams.std_out);
  std_err = std::move(streams.std_err);
  if (terminal_) {
    hand_over_terminal();
  }
}

// Without a handle on the child's end, reading from its terminal could go on for ever.
void Process::hand_over_terminal() {
  try {
    terminal_->launched(child_->exit_handle());
  } catch (...) {
    static_cast<void>(kill_and_reap());
    throw;
  }
}

Process::~Process() {
  close_streams();
  // A copy made by fork(2) does not decide about the original's child.
  if (child_ == nullptr || !child_->is_ours()) {
    return;
  }
  try {
    end_at_scope_exit();
  } catch (const std::exception& error) {
    progeny::detail::log_warning(
        fmt::format("ending subprocess {} failed: {}", child_->pid(), error.what()));
  }
}

void Process::close_streams() noexcept {
  communication_.reset();
  // Before a kill there is no point in waiting until the child has read the buffered input.
  const bool may_block =
      at_scope_exit_ == AtScopeExit::release || at_scope_exit_ == AtScopeExit::wait;
  if (std_in.core_ != nullptr && !may_block) {
    std_in.core_->close_at_once();
  }
  close_quietly(std_out);
  close_quietly(std_err);
  close_quietly(std_in);
  terminal_.reset();
}

// The group is signalled before its leader is reaped. Until then its number cannot be reused.
void Process::end_at_scope_exit() {
  switch (at_scope_exit_) {
    case AtScopeExit::release:
      let_go();
      return;
    case AtScopeExit::wait:
      if (was_cancelled_) {
        let_go();
      } else {
        child_->wait(Deadline());
      }
      return;
    case AtScopeExit::terminate:
      // A child that cannot be asked to end gets no grace period either.
      if (!ask_to_end()) {
        child_->wait_ended(Deadline(grace_));
      }
      kill_tree_and_reap();
      return;
    case AtScopeExit::kill:
      kill_tree_and_reap();
      return;
  }
}

std::error_code Process::ask_to_end() noexcept {
  return leads_group_ ? child_->terminate_group()
                      : child_->send_signal(platform::signal_terminate());
}

void Process::kill_tree_and_reap() {
  if (leads_group_) {
    static_cast<void>(child_->kill_group());
  }
  static_cast<void>(kill_and_reap());
}

void Process::let_go() {
  if (child_->poll()) {
    return;
  }
  if (!is_detached_) {
    progeny::detail::log_debug(fmt::format("subprocess {} is still running", child_->pid()));
  }
  abandon(std::move(child_));
}

std::optional<std::int64_t> Process::returncode() const {
  const auto status = child_->known();
  return status ? std::optional(status->returncode) : std::nullopt;
}

std::optional<Ending> Process::ending() const {
  const auto status = child_->known();
  if (!status) {
    return std::nullopt;
  }
  const platform::ResourceUsage& usage = status->usage;
  return Ending{.returncode = status->returncode,
                .core_dumped = status->core_dumped,
                .is_lost = status->lost,
                .usage = {.user = usage.user,
                          .system = usage.system,
                          .most_memory = usage.most_memory,
                          .minor_faults = usage.minor_faults,
                          .major_faults = usage.major_faults,
                          .voluntary_switches = usage.voluntary_switches,
                          .involuntary_switches = usage.involuntary_switches},
                .wall_time = status->seen_at - begin_};
}

std::optional<std::int64_t> Process::poll() {
  child_->poll();
  return returncode();
}

void Process::throw_timeout(const Timeout& timeout) {
  const Output output = communication_ ? communication_->so_far() : Output();
  throw TimeoutExpired(args_, timeout.limit(), output.std_out, output.std_err);
}

void Process::throw_cancelled() {
  was_cancelled_ = true;
  throw CancelledError(args_);
}

void Process::await_exit(const Deadline& deadline,
                         const Timeout& timeout,
                         const platform::Cancellation& cancellation) {
  switch (child_->wait(deadline, cancellation.event())) {
    case WaitEnd::exited:
      return;
    case WaitEnd::timed_out:
      throw_timeout(timeout);
    case WaitEnd::cancelled:
      if (child_->wait(deadline.capped(cancelled_wait)) != WaitEnd::exited) {
        throw_cancelled();
      }
      return;
  }
}

std::int64_t Process::wait(const Timeout& timeout, const std::stop_token& stop) {
  const Deadline deadline(timeout);
  await_exit(deadline, timeout, platform::Cancellation(stop));
  return returncode().value_or(0);
}

void Process::begin_communication(BytesView input) {
  if (communication_ && !input.empty()) {
    throw ValueError("cannot send input after starting communication");
  }
  if (!std_in && !input.empty()) {
    throw ValueError("input for a child whose stdin is not a pipe: give it std_in=PIPE");
  }
  if (!input.empty() && std_in.closed()) {
    throw ValueError("input for a child whose stdin has been closed by this process");
  }
  if (!communication_) {
    communication_ = std::make_unique<Communication>(
        Communication::Streams{
            .std_in = std_in.core_, .std_out = std_out.core_, .std_err = std_err.core_},
        input.text(),
        on_std_out_,
        on_std_err_);
  }
}

void Process::communicate(BytesView input, const Timeout& timeout, const std::stop_token& stop) {
  const Deadline deadline(timeout);
  begin_communication(input);
  if (communication_->is_finished()) {
    communication_->finish();
    return;
  }
  try {
    exchange(deadline, timeout, platform::Cancellation(stop));
  } catch (...) {
    communication_->keep_input();
    throw;
  }
  communication_->finish();
}

void Process::exchange(const Deadline& deadline,
                       const Timeout& timeout,
                       const platform::Cancellation& cancellation) {
  switch (communication_->run(deadline, cancellation.event())) {
    case TransferEnd::finished:
      await_exit(deadline, timeout, cancellation);
      return;
    case TransferEnd::timed_out:
      throw_timeout(timeout);
    case TransferEnd::cancelled:
      static_cast<void>(child_->wait(deadline.capped(cancelled_wait)));
      throw_cancelled();
  }
}

void Process::send_signal(int signal) {
  if (!platform::is_sendable(signal) && !poll()) {
    throw ValueError(fmt::format("Unsupported signal: {}", signal));
  }
  if (const std::error_code error = child_->send_signal(signal)) {
    throw OSError(error, "kill");
  }
}

void Process::terminate_tree() {
  if (const std::error_code error = child_->terminate_tree()) {
    throw OSError(error, "kill");
  }
}

void Process::kill_tree() {
  if (const std::error_code error = child_->kill_tree()) {
    throw OSError(error, "kill");
  }
}

std::int64_t Process::stop(const Timeout& grace) {
  static_cast<void>(child_->terminate_tree());
  if (child_->wait(Deadline(grace)) != WaitEnd::exited) {
    const std::error_code error = child_->kill_tree();
    if (error && !child_->poll() && child_->wait(Deadline(cancelled_wait)) != WaitEnd::exited) {
      throw OSError(error, "kill");
    }
    child_->wait(Deadline());
  }
  return returncode().value_or(0);
}

void Process::resize(const WindowSize& size) {
  check_window_size(size);
  if (!terminal_) {
    throw ValueError("this child has no terminal to resize: give it PTY");
  }
  for (const Stream* stream : {&std_out, &std_err, &std_in}) {
    const StreamCore* const core = stream->core_.get();
    if (core != nullptr && core->format().is_terminal && !core->is_closed()) {
      terminal_->resize(core->pipe().get(), terminal_size(size));
      return;
    }
  }
  terminal_->resize(Handle::none(), terminal_size(size));
}

std::error_code Process::kill_and_reap() noexcept {
  if (child_ == nullptr) {
    return refused_;
  }
  const std::error_code error = child_->send_signal(platform::signal_kill());
  if (error && !child_->poll()) {
    refused_ = error;
    abandon(std::exchange(child_, nullptr));
    return refused_;
  }
  try {
    child_->wait(Deadline());
    // NOLINTNEXTLINE(bugprone-empty-catch): an untimed wait needs nothing that could fail.
  } catch (const std::exception&) {
  }
  return {};
}

std::error_code Process::end_after_failure() noexcept {
  if (at_scope_exit_ == AtScopeExit::terminate || at_scope_exit_ == AtScopeExit::kill) {
    try {
      close_streams();
      end_at_scope_exit();
      // NOLINTNEXTLINE(bugprone-empty-catch): what is left of the child is killed below.
    } catch (const std::exception&) {
    }
  }
  return kill_and_reap();
}

}  // namespace progeny::subprocess::detail
