#pragma once

// Where a child's standard streams lead.

#include <progeny/base/handle.hpp>
#include <progeny/base/path_like.hpp>
#include <progeny/detail/never.hpp>
#include <progeny/export.hpp>

#include <concepts>
#include <cstdint>
#include <cstdio>
#include <string>

namespace progeny::subprocess {

class Stream;

/// The special targets of a redirection, with the numbers that they have in Python (which has no
/// `pty`).
enum class Special : std::int8_t {
  /// A new pipe to the parent; its end is the Popen's `std_in()`, `std_out()`, `std_err()`.
  pipe = -1,
  /// For `std_err` only: where the child's stdout goes.
  std_out = -2,
  /// The system's null device: reads nothing, swallows everything.
  devnull = -3,
  /// A new pseudo-terminal, one for all streams of the child that say so.
  pty = -4,
};

/// A new pipe between child and parent. Python: `subprocess.PIPE`.
inline constexpr Special PIPE = Special::pipe;
/// For `std_err`: into the same place as stdout. Python: `subprocess.STDOUT`.
inline constexpr Special STDOUT = Special::std_out;
/// The null device. Python: `subprocess.DEVNULL`.
inline constexpr Special DEVNULL = Special::devnull;
/// A new pseudo-terminal, for programs that behave differently without one.
///
/// The child leads a session of its own, and this is its controlling terminal.
///
/// - Input: `std_in()` types into the terminal. `\x03` (Ctrl-C) becomes SIGINT to the child.
/// Closing
///   it types the end of the input (Ctrl-D twice), unless the child reads single keys. A line of
///   input holds at most 4095 bytes. Input is echoed, unless `Options::pty_echo` is off or no
///   output goes to the terminal.
/// - Output: `std_out()` reads the output. A terminal mixes stdout and stderr, so `std_err()` reads
///   only if stdout goes elsewhere. Line ends arrive as CR LF, which text mode turns into `\n`. The
///   output ends when the last process that has the terminal open is gone.
/// - Hanging up: closing the last of these streams, or leaving the scope, sends SIGHUP to the
/// child.
///
/// - Throws (at launch): `OSError` if the system has no pseudo-terminals, or no more of them.
/// - Platforms: Windows 10.0.17763 and later, for all three streams together: `std_err` must be
///   `PTY` or `STDOUT`. Output is what the console draws, with control sequences. Enter is `\r`,
///   which text mode makes of `\n`. Output ends with the child. Hanging up ends the child.
/// - Example: examples/subprocess/terminal.cpp
inline constexpr Special PTY = Special::pty;

/// One of `std_in`, `std_out`, `std_err` of `Options`; the default is to share the parent's.
///
/// A handle or file that the caller passes stays the caller's. It is neither flushed nor closed,
/// and its inheritance flag does not change.
class PROGENY_EXPORT Redirect {
 public:
  /// What was asked for.
  enum class Kind : std::uint8_t {
    inherit,
    pipe,
    std_out,
    devnull,
    handle,
    read_file,
    write_file,
    append_file,
    pty,
  };

  /// The child shares the parent's stream. Python: `None`.
  Redirect() noexcept = default;
  /// `PIPE`, `STDOUT`, `DEVNULL` or `PTY`.
  Redirect(Special special) noexcept;  // NOLINT(google-explicit-constructor): `.std_out = PIPE`.
  /// A descriptor of the parent; on Windows one of the C runtime.
  /// - Throws (at launch): `ValueError` for a negative one; `OSError` (EBADF) if it is not open.
  Redirect(int descriptor) noexcept;  // NOLINT(google-explicit-constructor): `.std_out = 7`.
  /// The descriptor of a C stream. Its buffer is not written out: flush it first.
  Redirect(std::FILE* file) noexcept;  // NOLINT(google-explicit-constructor): see above.
  /// The pipe under another child's stream: `Popen q(..., {.std_in = p.std_out()})`.
  Redirect(const Stream& stream);  // NOLINT(google-explicit-constructor): see above.
  /// An open native handle.
  Redirect(const Handle& handle) noexcept;  // NOLINT(google-explicit-constructor): see above.

  /// A path without what to do with it: does not compile, and says what to write.
  template <class Path>
    requires std::convertible_to<const Path&, PathLike>
  // NOLINTNEXTLINE(google-explicit-constructor): `.std_out = "/tmp/x"` is to arrive here.
  Redirect(const Path& /*path*/) noexcept {
    static_assert(progeny::detail::never<Path>,
                  "a path alone does not redirect: write write_to(path), append_to(path) or "
                  "read_from(path)");
  }
  /// A truth value: does not compile, and says what to write.
  template <std::same_as<bool> Bool>
  // NOLINTNEXTLINE(google-explicit-constructor): `.std_out = true` is to arrive here.
  Redirect(Bool /*wanted*/) noexcept {
    static_assert(progeny::detail::never<Bool>, "write PIPE or DEVNULL, not true or false");
  }

  /// What was asked for.
  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  /// The handle where `kind()` is `handle`.
  [[nodiscard]] native_handle handle() const noexcept { return handle_; }
  /// Whether the handle was given as a negative descriptor.
  [[nodiscard]] bool is_negative() const noexcept { return negative_; }
  /// The path where `kind()` is one of the files.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  friend PROGENY_EXPORT Redirect read_from(const PathLike& path);
  friend PROGENY_EXPORT Redirect write_to(const PathLike& path);
  friend PROGENY_EXPORT Redirect append_to(const PathLike& path);

  Kind kind_ = Kind::inherit;
  native_handle handle_ = Handle::none();
  bool negative_ = false;
  std::string path_;
};

/// The file `path`, opened for reading at launch. Python: `stdin=open(path, "rb")`.
/// - Throws (at launch): `OSError` with the call `open` and the path.
[[nodiscard]] PROGENY_EXPORT Redirect read_from(const PathLike& path);
/// The file `path`, created or emptied at launch. Python: `stdout=open(path, "wb")`.
/// - Throws (at launch): `OSError` with the call `open` and the path.
[[nodiscard]] PROGENY_EXPORT Redirect write_to(const PathLike& path);
/// The file `path`, created if need be; output goes to its end. Python: `stdout=open(path, "ab")`.
/// - Throws (at launch): `OSError` with the call `open` and the path.
[[nodiscard]] PROGENY_EXPORT Redirect append_to(const PathLike& path);

}  // namespace progeny::subprocess
