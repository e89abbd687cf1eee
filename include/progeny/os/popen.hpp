#pragma once

// A shell command as a file: Python's `os.popen`. `subprocess` can do all this and more.

#include <progeny/base/bytes.hpp>
#include <progeny/export.hpp>
#include <progeny/subprocess/popen.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::os {

/// Text from or to a shell command. The command ends when it has read or written all.
///
/// - Python: what `os.popen` returns.
/// - Threads: one thread at a time.
class PROGENY_EXPORT CommandFile {
 public:
  /// Takes over a running command whose one pipe this reads or writes; `os::popen` makes it.
  CommandFile(subprocess::Popen process, bool writing);
  /// Takes over `other`'s command.
  CommandFile(CommandFile&& other) noexcept = default;
  /// Closes this as the destructor does, then takes over `other`'s command.
  CommandFile& operator=(CommandFile&& other) noexcept;
  CommandFile(const CommandFile&) = delete;
  CommandFile& operator=(const CommandFile&) = delete;
  /// Closes the pipe and waits for the command, as leaving Python's `with` does.
  ~CommandFile();

  /// All that is left.
  [[nodiscard]] std::string read() { return stream().read(); }
  /// `count` characters, fewer only at the end.
  [[nodiscard]] std::string read(std::size_t count) { return stream().read(count); }
  /// One line with its `\n`; empty at the end.
  [[nodiscard]] std::string readline() { return stream().readline(); }
  /// All lines that are left.
  [[nodiscard]] std::vector<std::string> readlines() { return stream().readlines(); }
  /// Iterates over the lines that are left.
  [[nodiscard]] subprocess::Stream::LineIterator begin() { return stream().begin(); }
  /// The end of the lines.
  [[nodiscard]] subprocess::Stream::LineIterator end() noexcept { return {}; }
  /// Writes text to the command.
  std::size_t write(std::string_view text) { return stream().write(text); }
  /// Hands what is buffered to the command.
  void flush() { stream().flush(); }

  /// Closes the pipe and waits for the command.
  /// - Returns: nothing for success, else the wait status as the system has it (exit code 42 is
  ///   42 << 8 on POSIX, signal 9 is 9; the exit code on Windows). The same again when called
  ///   again.
  std::optional<int> close();

  /// The stream below.
  [[nodiscard]] subprocess::Stream& stream();

 private:
  subprocess::Popen process_;
  bool writing_;
};

/// Starts `command` in the shell, to read its output (mode `r`) or to write its input (`w`).
///
/// - Python: `os.popen(cmd, mode, buffering)`. Text is UTF-8.
/// - Throws: `ValueError` for another mode, for `buffering` 0, for a NUL in `command`; `OSError`.
[[nodiscard]] PROGENY_EXPORT CommandFile popen(const std::string& command,
                                               std::string_view mode = "r",
                                               int buffering = -1);

}  // namespace progeny::os
