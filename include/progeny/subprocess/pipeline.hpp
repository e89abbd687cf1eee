#pragma once

// Programs that feed one another: `sort | uniq -c` without a shell.

#include <progeny/base/bytes.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/subprocess/args.hpp>
#include <progeny/subprocess/completed_process.hpp>
#include <progeny/subprocess/options.hpp>
#include <progeny/subprocess/popen.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace progeny::subprocess {

/// Commands, each of which reads what the one before it writes.
///
/// - Python: none; a shell's `a | b`.
class PROGENY_EXPORT Commands {
 public:
  /// From a list: `Commands{{"sort"}, {"uniq", "-c"}}`.
  Commands(std::initializer_list<Args> commands) : all_(commands) {}
  /// From any number of commands.
  explicit Commands(std::vector<Args> commands) : all_(std::move(commands)) {}

  /// The commands.
  [[nodiscard]] const std::vector<Args>& all() const noexcept { return all_; }

 private:
  std::vector<Args> all_;
};

/// One command of a pipeline that is written with `|`: `Cmd{"sort"} | Cmd{"uniq", "-c"}`.
class PROGENY_EXPORT Cmd {
 public:
  /// A program and its arguments.
  Cmd(std::initializer_list<PathLike> args) : args_(args) {}
  /// Any command.
  explicit Cmd(Args args) : args_(std::move(args)) {}

  /// The command.
  [[nodiscard]] const Args& args() const noexcept { return args_; }

 private:
  Args args_;
};

/// Both, the second reading what the first writes.
[[nodiscard]] PROGENY_EXPORT Commands operator|(const Cmd& first, const Cmd& second);
/// All, the last reading what the one before it writes.
[[nodiscard]] PROGENY_EXPORT Commands operator|(const Commands& commands, const Cmd& last);

/// How a pipeline ended.
struct PROGENY_EXPORT CompletedPipeline {
  /// How each of its programs ended. `std_out` is only in the last; `std_err` in each.
  std::vector<CompletedProcess> stages = {};

  /// What the last program wrote, or `nullopt` if it was not captured.
  [[nodiscard]] const std::optional<std::string>& std_out() const;
  /// 0 if all ended with 0; else the return code of the last one that did not: the shell's
  /// `pipefail`. A program that went on writing when its reader had ended counts, too (-13,
  /// SIGPIPE).
  [[nodiscard]] std::int64_t returncode() const noexcept;
  /// Checks that `returncode()` is 0.
  /// - Throws: `CalledProcessError` with the command that `returncode()` is about.
  void check_returncode() const;
};

/// Programs that run side by side, each reading what the one before it writes.
///
/// - Threads: as `Popen`.
/// - Example: examples/subprocess/pipeline_of_three.cpp
class PROGENY_EXPORT Pipeline {
 public:
  /// Starts all programs. `options` hold for each of them, but `std_in` for the first and `std_out`
  /// for the last alone. `communicate` may call `on_std_err` from several threads at once.
  /// - Throws: as `Popen`, after those that run already have been killed; `ValueError` if there are
  ///   no commands.
  explicit Pipeline(const Commands& commands, const Options& options = {});

  /// Feeds the first program, reads from the last (and what each writes to stderr, if that is
  /// `PIPE`), and waits for all.
  ///
  /// Can be called again after `TimeoutExpired`: nothing is lost.
  /// - Throws: as `Popen::communicate`, for the first program in the line that throws.
  /// - Blocks: as `Popen::communicate`, for all of them.
  CompletedPipeline communicate(BytesView input = {},
                                Timeout timeout = {},
                                const std::stop_token& stop = {});
  /// Waits for all programs. Reads no pipe: use `communicate` where there are any.
  /// - Returns: as `CompletedPipeline::returncode`.
  /// - Throws: `TimeoutExpired`, `CancelledError`.
  std::int64_t wait(Timeout timeout = {}, const std::stop_token& stop = {});
  /// Asks whether all have ended.
  /// - Returns: as `wait`; `nullopt` while one runs.
  std::optional<std::int64_t> poll();
  /// Asks all that run to end.
  void terminate();
  /// Kills all that run. They still have to be waited for.
  void kill();

  /// The programs, in their order.
  [[nodiscard]] std::vector<Popen>& stages() noexcept { return stages_; }
  /// The pipe to the first one's stdin.
  [[nodiscard]] Stream& std_in() { return stages_.front().std_in(); }
  /// The pipe from the last one's stdout.
  [[nodiscard]] Stream& std_out() { return stages_.back().std_out(); }

 private:
  bool is_text_;
  std::vector<Popen> stages_;
};

/// Starts a pipeline: `pipeline({{"sort"}, {"uniq", "-c"}}, {.std_out = PIPE})`.
/// - Throws: as `Pipeline`.
[[nodiscard]] PROGENY_EXPORT Pipeline pipeline(const Commands& commands,
                                               const Options& options = {});

/// Runs a pipeline to its end, as `run` does with one program: `input`, `capture_output`,
/// `timeout`, `check` and `stop` mean the same. Before an exception leaves it, all programs are
/// killed.
/// - Throws: as `run`.
/// - Blocks: as `run`.
PROGENY_EXPORT CompletedPipeline run_pipeline(const Commands& commands,
                                              const Options& options = {});

}  // namespace progeny::subprocess
