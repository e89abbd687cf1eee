#pragma once

// Exceptions between a manager's server and its clients.

#include <progeny/base/errors.hpp>
#include <progeny/export.hpp>
#include <progeny/pickle/value.hpp>
#include <progeny/serial/exceptions.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::managers {

/// An exception that has no type of its own in C++, or a request that the server could not serve.
///
/// Thrown by a method of a registered type, it reaches the client as exactly this exception of
/// Python.
///
/// - Python: `multiprocessing.managers.RemoteError`; for an exception of a method, that exception.
class PROGENY_EXPORT RemoteError : public serial::RemoteError {
 public:
  /// A request failed outside of its method; `traceback` is what the server says.
  explicit RemoteError(std::string_view traceback);
  /// An exception of the class `name` in `module`, made from `args`:
  /// `RemoteError("builtins", "ZeroDivisionError", {"division by zero"})`.
  RemoteError(std::string_view module, std::string_view name, std::vector<pickle::Value> args);
  /// Any exception as it came with a pickle.
  explicit RemoteError(const pickle::Value& exception);

  /// The exception as Python would make it; None for a failed request.
  [[nodiscard]] const pickle::Value& exception() const noexcept { return exception_; }

 private:
  pickle::Value exception_;
};

/// An object has no attribute of this name.
///
/// - Python: `AttributeError`.
class PROGENY_EXPORT AttributeError : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

/// Throws the C++ exception for one of Python: `KeyError`, `Empty`, `OSError` and all others that
/// progeny has under the same name. The rest are `RemoteError`.
[[noreturn]] PROGENY_EXPORT void throw_exception(const pickle::Value& exception);

/// The exception of Python for one of C++: the class of the same name, made from `what()`. What
/// Python does not have is a `RuntimeError`.
[[nodiscard]] PROGENY_EXPORT pickle::Value exception_value(const std::exception_ptr& error);

}  // namespace progeny::multiprocessing::managers
