#pragma once

// A shell command as a file: Python's `os.popen`. `subprocess` can do the same and more.

#include <progeny/base/bytes.hpp>
#include <progeny/export.hpp>
#include <progeny/subprocess/popen.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::os {

/// Reads the output of a shell command, or writes its input, as text.
///
/// - Python: the file object that `os.popen` returns.
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
  /// Closes the pipe and waits for the command, as Python's `with` does.
  /// - Blocks: until the command has ended.
  ~CommandFile();

  /// Reads the rest of the text.
  [[nodiscard]] std::string read() { return stream().read(); }
  /// Reads `count` characters, fewer only at the end.
  [[nodiscard]] std::string read(std::size_t count) { return stream().read(count); }
  /// Reads one line with its `\n`. Empty at the end.
  [[nodiscard]] std::string readline() { return stream().readline(); }
  /// Reads the remaining lines.
  [[nodiscard]] std::vector<std::string> readlines() { return stream().readlines(); }
  /// Iterates over the remaining lines.
  [[nodiscard]] subprocess::Stream::LineIterator begin() { return stream().begin(); }
  /// The end of the lines.
  [[nodiscard]] subprocess::Stream::LineIterator end() noexcept { return {}; }
  /// Writes text to the command.
  std::size_t write(std::string_view text) { return stream().write(text); }
  /// Hands what is buffered to the command.
  void flush() { stream().flush(); }

  /// Closes the pipe and waits for the command.
  /// - Returns: `nullopt` for success. Otherwise, on POSIX, the wait status of the system (42 << 8
  /// for
  ///   exit code 42, 9 for signal 9); on Windows the exit code. A second call returns the same.
  /// - Blocks: until the command has ended.
  std::optional<int> close();

  /// The stream below.
  [[nodiscard]] subprocess::Stream& stream();

 private:
  subprocess::Popen process_;
  bool writing_;
};

/// Starts `command` in the shell, to read its output (mode `r`) or to write its input (`w`).
///
/// - Python: `os.popen(cmd, mode, buffering)`. Differs: text is always UTF-8.
/// - Throws: `ValueError` for another mode, for `buffering` 0, or for a NUL in `command`;
/// `OSError`.
/// - Blocks: until the shell is executing.
/// - Example: examples/os/system_and_popen.cpp
[[nodiscard]] PROGENY_EXPORT CommandFile popen(const std::string& command,
                                               std::string_view mode = "r",
                                               int buffering = -1);

}  // namespace progeny::os
