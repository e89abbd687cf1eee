#pragma once

// What `run` returns: how a program ended and what it wrote.

#include <progeny/export.hpp>
#include <progeny/subprocess/args.hpp>
#include <progeny/subprocess/ending.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace progeny::subprocess {

/// A program that has ended.
/// - Python: `subprocess.CompletedProcess`.
struct PROGENY_EXPORT CompletedProcess {
  /// The command, as it was given.
  Args args;
  /// The exit status, or -N if signal N ended the child (POSIX). On Windows 0 to 4294967295.
  std::int64_t returncode = 0;
  /// All of stdout, or `nullopt` if it was not captured.
  std::optional<std::string> std_out = {};
  /// All of stderr, or `nullopt` if it was not captured.
  std::optional<std::string> std_err = {};
  /// Whether the outputs are decoded text; otherwise they are bytes.
  bool is_text = false;
  /// How it ended in detail: the signal, what it took, how long it ran. Python has none of it.
  Ending ending = {};

  /// Checks that the return code is 0.
  /// - Throws: `CalledProcessError` otherwise.
  void check_returncode() const;
  /// What Python's repr says: `CompletedProcess(args=['true'], returncode=0)`.
  [[nodiscard]] std::string repr() const;
};

/// Prints `done.repr()`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const CompletedProcess& done);

}  // namespace progeny::subprocess
