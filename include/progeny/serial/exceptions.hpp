#pragma once

// Exceptions that travel between processes: caught in one, thrown in another as the same type with
// the same message, the same causes, and where the first one threw it.
//
// Types that travel as themselves: those of the standard library, those of progeny, and those that
// <progeny/serial/register_exception.hpp> was told of. All others arrive as `RemoteError`.

#include <progeny/base/errors.hpp>
#include <progeny/export.hpp>
#include <progeny/serial/stack_trace.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace progeny::serial {

/// An exception of another process whose type this process cannot build: it is not registered, or
/// its data could not be read.
/// - Python: `multiprocessing.managers.RemoteError`.
class PROGENY_EXPORT RemoteError : public RuntimeError {
 public:
  /// `type_name` as demangled, what its `what()` said, and why it did not come as itself, if that
  /// is worth saying.
  RemoteError(std::string_view type_name, std::string_view message, std::string_view reason = {});

  /// `ns::DiskFull`, `int`.
  [[nodiscard]] const std::string& type_name() const noexcept { return type_name_; }
  /// What the exception said of itself. `what()` is `type_name(): message()`.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  /// Why a registered type did not come as itself; empty for all others.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  std::string type_name_;
  std::string message_;
  std::string reason_;
};

/// The cause of each exception that came from another process: where it was thrown there. It is
/// nested in the exception (`std::rethrow_if_nested` throws it), and the cause that the exception
/// had in its own process is nested in this.
///
/// - Python: `multiprocessing.pool.RemoteTraceback`, the `__cause__` of what a worker raised.
/// - Threads: safe, also for one object.
class PROGENY_EXPORT RemoteTraceback : public std::exception {
 public:
  /// The process, the type and the message of the exception, the stack of the throw.
  RemoteTraceback(int pid, std::string_view type_name, std::string_view message, StackTrace stack);

  /// `Traceback of process 71 (most recent call last):`, a line for each call, and the exception.
  /// - Blocks: as `StackTrace::str`.
  [[nodiscard]] const char* what() const noexcept override;
  /// The process in which it was thrown.
  [[nodiscard]] int pid() const noexcept;
  /// The type of the exception, demangled.
  [[nodiscard]] const std::string& type_name() const noexcept;
  /// What the exception said of itself.
  [[nodiscard]] const std::string& message() const noexcept;
  /// Where it was thrown; empty if that was not recorded.
  [[nodiscard]] const StackTrace& stack() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// An exception that was caught, and where it was thrown.
struct Failure {
  /// The exception.
  std::exception_ptr error;
  /// From the throwing function (the innermost) out to what was called.
  StackTrace stack = {};
};

namespace detail {
PROGENY_EXPORT std::optional<Failure> run_and_capture(void (*body)(void*), void* context);
}  // namespace detail

/// Calls `function()`. Nothing if it returned, else what it threw, and from where: the frames were
/// recorded while they were still there. For an exception that was caught and thrown again inside
/// of `function`, that is the place of the last throw.
///
/// Costs nothing while nothing is thrown. The cancelling of a POSIX thread passes through.
/// - Python: `except BaseException` around the target, with `sys.exc_info()`.
/// - Threads: safe; nested calls too.
/// - Platforms: on Windows the stack is empty.
template <class Function>
[[nodiscard]] std::optional<Failure> run_and_capture(Function&& function) {
  auto call = [&function] { static_cast<void>(std::invoke(std::forward<Function>(function))); };
  return detail::run_and_capture([](void* context) { (*static_cast<decltype(call)*>(context))(); },
                                 &call);
}

/// The exception, its causes and the stack as bytes for `decode_exception`.
///
/// What a user's `what()` or `to_bytes` throws is not let out; the exception then travels as a
/// `RemoteError` that says so. No exception at all travels as one that says that.
/// - Throws: `std::bad_alloc` only.
/// - Python: `ExceptionWithTraceback`.
[[nodiscard]] PROGENY_EXPORT std::string encode_exception(const std::exception_ptr& error,
                                                          const StackTrace& stack = {});
/// The same of what `run_and_capture` caught.
[[nodiscard]] PROGENY_EXPORT std::string encode_exception(const Failure& failure);

/// The exception that the bytes stand for, with a `RemoteTraceback` nested in it.
///
/// Thrown is a class derived from the original one and from `std::nested_exception`, as by
/// `std::throw_with_nested`: every `catch` of the original catches it. Only of a registered type
/// that is `final` nothing can be derived: it comes as itself, without `RemoteTraceback` and
/// causes. Bytes that are none of `encode_exception` give a `RuntimeError` that says so. No code
/// from the other process runs; of this process, what was registered for the type.
/// - Throws: `std::bad_alloc` only.
[[nodiscard]] PROGENY_EXPORT std::exception_ptr decode_exception(std::string_view bytes);

/// Throws what `decode_exception` gives.
[[noreturn]] PROGENY_EXPORT void rethrow(std::string_view bytes);

/// Where `error`, which came from another process, was thrown there. Nothing if it came from none:
/// Python's `error.__cause__` when it is a `RemoteTraceback`.
[[nodiscard]] PROGENY_EXPORT std::optional<RemoteTraceback> remote_traceback(
    const std::exception& error);
/// The same for a caught exception.
[[nodiscard]] PROGENY_EXPORT std::optional<RemoteTraceback> remote_traceback(
    const std::exception_ptr& error);

/// The stack, the exception and its causes as text for a person, with a line end at the end:
/// ```
/// Traceback (most recent call last):
///   read_all(int) (src/read.cpp:12)
/// std::out_of_range: index 7
/// Caused by std::runtime_error: disk full
/// ```
/// Never throws but `std::bad_alloc`.
/// - Python: `traceback.format_exception`.
/// - Blocks: as `StackTrace::str`.
[[nodiscard]] PROGENY_EXPORT std::string format_exception(const std::exception_ptr& error,
                                                          const StackTrace& stack = {});
/// The same of what `run_and_capture` caught.
[[nodiscard]] PROGENY_EXPORT std::string format_exception(const Failure& failure);

}  // namespace progeny::serial
