#pragma once

// A running child with its pipes: what Popen is made of, and what run() uses without a Popen.

#include "platform/host/terminal.hpp"
#include "platform/process/child.hpp"
#include "subprocess/streams/communication.hpp"
#include "subprocess/streams/stream_core.hpp"

#include <progeny/base/bytes.hpp>
#include <progeny/subprocess/args.hpp>
#include <progeny/subprocess/options.hpp>
#include <progeny/subprocess/popen.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <system_error>

namespace progeny::platform {

class Cancellation;

}  // namespace progeny::platform

namespace progeny::subprocess::detail {

/// The three redirections. They are apart from the options because run() derives its own from those
/// that it was given.
struct Redirects {
  Redirect std_in;
  Redirect std_out;
  Redirect std_err;
};

[[nodiscard]] inline bool is_terminal(const Redirect& redirect) noexcept {
  return redirect.kind() == Redirect::Kind::pty;
}

/// A checked size as the system takes it.
[[nodiscard]] platform::TerminalSize terminal_size(const WindowSize& size) noexcept;

/// The child of one Popen or run(). Methods as Popen's.
class Process {
 public:
  /// Starts the program. Options that only run() understands are not looked at.
  Process(const Args& args, const Options& options, const Redirects& redirects);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  /// Closes the pipes and ends as `Options::at_scope_exit` says.
  ~Process();

  std::optional<std::int64_t> poll();
  std::int64_t wait(const Timeout& timeout, const std::stop_token& stop);
  /// Runs the exchange; the output stays here.
  void communicate(BytesView input, const Timeout& timeout, const std::stop_token& stop);
  /// A copy of the output of a finished exchange.
  [[nodiscard]] Output output() const { return communication_->output(); }
  /// The output, handed over.
  [[nodiscard]] Output take_output() { return communication_->take_output(); }
  void send_signal(int signal);
  void terminate_tree();
  void kill_tree();
  std::int64_t stop(const Timeout& grace);
  void resize(const WindowSize& size);
  /// Kills and reaps the child. A child that may not be killed (it has changed its user) goes to
  /// the background, so that no call waits for it.
  /// - Returns: an error if the child still runs.
  std::error_code kill_and_reap() noexcept;
  /// Ends the child after a failure: its group or tree too, with the grace period, if
  /// `Options::at_scope_exit` is `terminate` or `kill`.
  /// - Returns: as `kill_and_reap`.
  std::error_code end_after_failure() noexcept;
  /// Lets the child go without a warning: it was meant to outlive this object.
  void detach() noexcept { is_detached_ = true; }

  [[nodiscard]] int pid() const noexcept { return child_->pid(); }
  [[nodiscard]] std::optional<std::int64_t> returncode() const;
  [[nodiscard]] std::optional<Ending> ending() const;
  [[nodiscard]] native_handle exit_handle() { return child_->exit_handle(); }
  [[nodiscard]] const Args& args() const noexcept { return args_; }
  [[nodiscard]] bool is_text() const noexcept { return is_text_; }

  Stream std_in;   // NOLINT(misc-non-private-member-variables-in-classes): handed out by Popen.
  Stream std_out;  // NOLINT(misc-non-private-member-variables-in-classes): see above.
  Stream std_err;  // NOLINT(misc-non-private-member-variables-in-classes): see above.

 private:
  void hand_over_terminal();
  void begin_communication(BytesView input);
  void exchange(const progeny::detail::Deadline& deadline,
                const Timeout& timeout,
                const platform::Cancellation& cancellation);
  void await_exit(const progeny::detail::Deadline& deadline,
                  const Timeout& timeout,
                  const platform::Cancellation& cancellation);
  void close_streams() noexcept;
  void end_at_scope_exit();
  std::error_code ask_to_end() noexcept;
  void kill_tree_and_reap();
  void let_go();
  [[noreturn]] void throw_cancelled();
  [[noreturn]] void throw_timeout(const Timeout& timeout);

  Args args_;
  AtScopeExit at_scope_exit_;
  Timeout grace_;
  OutputCallback on_std_out_;
  OutputCallback on_std_err_;
  bool is_text_;
  bool leads_group_;
  bool is_detached_ = false;
  bool was_cancelled_ = false;  // The scope is being left because of that: do not block there.
  std::chrono::steady_clock::time_point begin_;
  std::unique_ptr<platform::Child> child_;        // Null once it was left to the background.
  std::error_code refused_;                       // Why it could not be killed then.
  std::unique_ptr<platform::Terminal> terminal_;  // Null without PTY; ends before the child does.
  std::unique_ptr<Communication> communication_;  // From the first communicate() on.
};

}  // namespace progeny::subprocess::detail
