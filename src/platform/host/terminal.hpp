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

/// A terminal for one child: made before it is launched, and told of it afterwards. What is left of
/// it in this process is hung up when this object and the handles that it gave are gone.
///
/// Its handles are as those of descriptor.hpp: closed on exec, above the standard streams. On POSIX
/// ours do not block, which `read_some` and `write_some` make up for; there, too, the two
/// directions are one open file.
class Terminal {
 public:
  /// Makes one that shows (`echo`) what is typed. Throws OSError, `function_not_supported` where
  /// the system has none.
  Terminal(TerminalSize size, bool echo);
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  /// Gives away the end from which to read; none the second time. While nobody takes it, it stays
  /// here and keeps the terminal from being hung up.
  [[nodiscard]] Handle take_reader() noexcept;
  /// A handle to type by. Before `take_reader`, and once. Throws OSError.
  [[nodiscard]] Handle make_writer();

  /// What the child gets as a standard stream; none where it finds it by itself.
  [[nodiscard]] native_handle stream_of_child() const noexcept;
  /// For `LaunchRequest::terminal`.
  [[nodiscard]] native_handle of_launch() const noexcept;

  /// The child has it now: lets go of its side, so that output ends when nobody has it any more (on
  /// Windows: when `process` ends). Throws OSError.
  void launched(native_handle process);

  /// Changes the size; `ours` is any of the handles that it gave, if it is still open. Does nothing
  /// to a terminal that is not there any more.
  void resize(native_handle ours, TerminalSize size) noexcept;

 private:
  struct System;
  std::unique_ptr<System> system_;
};

/// What to type so that a reader of lines finds the end of its input: nothing if the program reads
/// single keys now. `writer` is a terminal's.
[[nodiscard]] std::string end_of_typing(native_handle writer) noexcept;

}  // namespace progeny::platform
