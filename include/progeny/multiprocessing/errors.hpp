#pragma once

// The exceptions of multiprocessing.

#include <progeny/base/errors.hpp>
#include <progeny/export.hpp>

#include <string>
#include <utility>

namespace progeny::multiprocessing {

/// Base of the errors that only multiprocessing has.
/// - Python: `multiprocessing.ProcessError`.
class PROGENY_EXPORT ProcessError : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

/// A message is longer than the space that was given for it. It has been read, and is here.
/// - Python: `multiprocessing.BufferTooShort`.
class PROGENY_EXPORT BufferTooShort : public ProcessError {
 public:
  /// With the whole message.
  explicit BufferTooShort(std::string message)
      : ProcessError("the message is longer than the buffer"), message_(std::move(message)) {}
  /// The whole message. Python: `args[0]`.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

 private:
  std::string message_;
};

/// A call of multiprocessing took longer than its limit.
/// - Python: `multiprocessing.TimeoutError`.
class PROGENY_EXPORT TimeoutError : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// The two sides of a connection do not have the same key.
/// - Python: `multiprocessing.AuthenticationError`.
class PROGENY_EXPORT AuthenticationError : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

}  // namespace progeny::multiprocessing
