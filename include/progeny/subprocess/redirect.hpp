#pragma once

// Where a child's standard streams lead.

#include <progeny/base/handle.hpp>
#include <progeny/base/path_like.hpp>
#include <progeny/export.hpp>

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
/// A new pseudo-terminal, for programs that behave otherwise, or refuse to run, without one.
///
/// The child leads a session of its own, whose controlling terminal this is. `std_in()` types into
/// it: `\x03` (Ctrl-C) is SIGINT to the child, and closing it types the end of the input (twice
/// Ctrl-D), unless the child reads single keys. `std_out()` reads what the child shows; `std_err()`
/// does so only if stdout goes elsewhere, since a terminal mixes both. The child's line ends come
/// as CR LF, which text mode turns into `\n`. What is typed is shown too, unless
/// `Options::pty_echo` is off or no output goes to the terminal; of a line only 4095 bytes count.
/// Output ends when the last process that has the terminal is gone.
///
/// Closing the last of these streams, or leaving the scope, hangs up: the child gets SIGHUP.
///
/// - Throws (at launch): `OSError` if the system has no pseudo-terminals, or no more of them.
/// - Platforms: on Windows 10.0.17763 or later, and then for all three streams: std_err must be
///   `PTY` or `STDOUT`. Output is what the console draws, with its control sequences; Enter is
///   `\r`, which text mode makes of `\n`; output ends with the child; hanging up ends it.
/// - Example: examples/subprocess/terminal.cpp
inline constexpr Special PTY = Special::pty;

/// One of `std_in`, `std_out`, `std_err` of `Options`; the default is to share the parent's.
///
/// Whatever the caller passes stays the caller's: it is neither flushed nor closed, and its
/// inheritance flag does not change.
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
  /// A descriptor of the parent. A negative one is a `ValueError` at launch, one that is not open
  /// an `OSError` (EBADF). On Windows a descriptor of the C runtime.
  Redirect(int descriptor) noexcept;  // NOLINT(google-explicit-constructor): `.std_out = 7`.
  /// The descriptor under a C stream. What is still in its buffer stays there: flush it first.
  Redirect(std::FILE* file) noexcept;  // NOLINT(google-explicit-constructor): see above.
  /// The pipe under another child's stream: `Popen q(..., {.std_in = p.std_out()})`.
  Redirect(const Stream& stream);  // NOLINT(google-explicit-constructor): see above.
  /// An open native handle.
  Redirect(const Handle& handle) noexcept;  // NOLINT(google-explicit-constructor): see above.

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
