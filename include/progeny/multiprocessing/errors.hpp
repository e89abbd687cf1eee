#pragma once

// The exceptions of multiprocessing, under Python's names.

#include <progeny/export.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace progeny::multiprocessing {

/// What the errors of this header share. Python: `multiprocessing.ProcessError`.
class PROGENY_EXPORT ProcessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A message does not fit into the caller's buffer. The message is not lost: it is in here.
/// - Python: `multiprocessing.BufferTooShort`.
class PROGENY_EXPORT BufferTooShort : public ProcessError {
 public:
  /// Carries `message`, for which there was room for `room` bytes only.
  BufferTooShort(std::string message, std::size_t room);
  /// All of the message.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

 private:
  std::string message_;
};

/// A wait for another process took longer than the caller's timeout.
/// - Python: `multiprocessing.TimeoutError`, which is not its general `TimeoutError`.
class PROGENY_EXPORT TimeoutError : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// The other side does not have the key, does not speak the protocol that proves it, or did not do
/// so in time. Python: `multiprocessing.AuthenticationError`.
class PROGENY_EXPORT AuthenticationError : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

}  // namespace progeny::multiprocessing
