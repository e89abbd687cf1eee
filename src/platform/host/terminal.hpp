#pragma once

// Pseudo-terminals.

#include <progeny/base/handle.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace progeny::platform {

/// The size of a terminal's window in characters.
struct TerminalSize {
  std::uint16_t rows = 0;
  std::uint16_t columns = 0;
};

/// A terminal for one child. The order of calls:
///
///   constructor, make_writer, take_reader; launch with of_launch; launched; resize at any time
///
/// The terminal hangs up when this object and all handles that it gave are closed. Its handles are
/// closed on exec and above the standard streams. POSIX: they do not block, which `read_some` and
/// `write_some` make up for, and both directions are one open file.
/// - Threads: `resize` is safe beside `launched` and the end of the child; nothing else is.
class Terminal {
 public:
  /// Makes a terminal that shows what is typed if `echo`. Windows: always shows it.
  /// - Throws: OSError; `function_not_supported` where the system has no such terminals.
  Terminal(TerminalSize size, bool echo);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  /// Closes what was not taken. Windows: ends the programs of a terminal that are still running.
  ~Terminal();

  /// Hands over the end to read from; none the second time. An end that is not taken stays open
  /// here, and keeps the terminal from hanging up.
  [[nodiscard]] Handle take_reader() noexcept;
  /// Makes a handle to type with. To be called once, before `take_reader`.
  /// - Throws: OSError.
  [[nodiscard]] Handle make_writer();

  /// The handle for the child's standard streams. None where the child finds its terminal itself.
  [[nodiscard]] native_handle stream_of_child() const noexcept;
  /// The value for `LaunchRequest::terminal`.
  [[nodiscard]] native_handle of_launch() const noexcept;

  /// To be called once the child is running. Closes our copy of the child's side, so that its
  /// output ends when the child and its heirs have closed theirs (Windows: when `process` ends).
  /// - Throws: OSError.
  void launched(native_handle process);

  /// Changes the size. `ours` is any handle that this terminal gave and that is still open. Does
  /// nothing to a terminal that is gone.
  void resize(native_handle ours, TerminalSize size) noexcept;

 private:
  struct System;
  std::unique_ptr<System> system_;
};

/// The characters to type so that a program reading lines finds the end of its input. Empty if the
/// program reads single keys at the moment. `writer` is a terminal's.
[[nodiscard]] std::string end_of_typing(native_handle writer) noexcept;

}  // namespace progeny::platform
