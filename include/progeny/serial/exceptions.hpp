#pragma once

// Exceptions that travel between processes. One process catches an exception; another throws it
// with the same type, message and causes, and with the place where it was first thrown.
//
// Types of the standard library and of progeny travel as themselves, and so do those that the
// program registers (<progeny/serial/register_exception.hpp>). All others arrive as `RemoteError`.

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
  /// The demangled type, what its `what()` said, and, for a registered type, why it did not come as
  /// itself.
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

/// Where an exception from another process was thrown there. It is nested in the exception
/// (`std::rethrow_if_nested` throws it). The cause that the exception had in its own process is
/// nested in this.
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

/// Calls `function()`. The stack is recorded while the throwing functions are still on it. For an
/// exception that was caught and thrown again inside `function`, it is that of the last throw.
///
/// Costs nothing while nothing is thrown. The cancelling of a POSIX thread passes through.
/// - Python: `except BaseException` around the target, with `sys.exc_info()`.
/// - Returns: nothing if `function` returned, else what it threw and from where.
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
/// If a user's `what()` or `to_bytes` throws, the exception travels as a `RemoteError` that says
/// so. A null `error` travels as a `RemoteError` that says that.
/// - Throws: `std::bad_alloc` only.
/// - Python: `ExceptionWithTraceback`.
[[nodiscard]] PROGENY_EXPORT std::string encode_exception(const std::exception_ptr& error,
                                                          const StackTrace& stack = {});
/// The same of what `run_and_capture` caught.
[[nodiscard]] PROGENY_EXPORT std::string encode_exception(const Failure& failure);

/// The exception that the bytes stand for, with a `RemoteTraceback` nested in it.
///
/// Its class derives from the original one and from `std::nested_exception`, as with
/// `std::throw_with_nested`, so that every `catch` of the original catches it. A registered type
/// that is `final` comes as itself, without `RemoteTraceback` and causes. Bytes that
/// `encode_exception` did not make give a `RuntimeError` that says so. No code from the other
/// process runs; of this process only what was registered for the type does.
/// - Throws: `std::bad_alloc` only.
[[nodiscard]] PROGENY_EXPORT std::exception_ptr decode_exception(std::string_view bytes);

/// Throws the exception that the bytes stand for.
/// - Throws: what `decode_exception` returns.
[[noreturn]] PROGENY_EXPORT void rethrow(std::string_view bytes);

/// Where an exception from another process was thrown there.
/// - Python: `error.__cause__`, if that is a `RemoteTraceback`.
/// - Returns: nothing if `error` came from no other process.
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
/// - Python: `traceback.format_exception`.
/// - Throws: `std::bad_alloc` only.
/// - Blocks: as `StackTrace::str`.
[[nodiscard]] PROGENY_EXPORT std::string format_exception(const std::exception_ptr& error,
                                                          const StackTrace& stack = {});
/// The same of what `run_and_capture` caught.
[[nodiscard]] PROGENY_EXPORT std::string format_exception(const Failure& failure);

}  // namespace progeny::serial
