#pragma once

// The exceptions of multiprocessing, under Python's names.

#include <progeny/export.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace progeny::multiprocessing {

/// The base of the exceptions in this header.
///
/// - Python: `multiprocessing.ProcessError`.
class PROGENY_EXPORT ProcessError : public std::runtime_error {
 public:
  /// With this message.
  explicit ProcessError(const std::string& message);
};

/// A message does not fit into the caller's buffer. The message is not lost: the exception has it.
///
/// - Python: `multiprocessing.BufferTooShort`.
class PROGENY_EXPORT BufferTooShort : public ProcessError {
 public:
  /// With the whole `message`, for which there was room for only `room` bytes.
  BufferTooShort(std::string message, std::size_t room);
  /// The whole message.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  /// The size of the buffer in bytes.
  [[nodiscard]] std::size_t room() const noexcept { return room_; }

 private:
  std::string message_;
  std::size_t room_;
};

/// A wait for another process took longer than the caller's timeout.
///
/// - Python: `multiprocessing.TimeoutError`, which is not the built-in `TimeoutError`.
class PROGENY_EXPORT TimeoutError : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// A `std::stop_token` ended a wait before what it waited for had come.
///
/// - Python: none. The nearest is `KeyboardInterrupt` in a waiting call.
class PROGENY_EXPORT CancelledError : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// The peer does not have the key, does not speak the protocol that proves it, or was too slow.
///
/// - Python: `multiprocessing.AuthenticationError`.
class PROGENY_EXPORT AuthenticationError : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// A process died while it owned a lock. The caller owns the lock now; what the lock protects may
/// be half changed.
///
/// - Python: none. There, the lock stays locked for ever.
class PROGENY_EXPORT OwnerDied : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// A barrier was aborted or reset, a waiter has died, or not all parties came in time.
///
/// - Python: `threading.BrokenBarrierError`.
class PROGENY_EXPORT BrokenBarrierError : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// A queue had no room before the timeout.
///
/// - Python: `queue.Full`.
class PROGENY_EXPORT Full : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// A queue had no message before the timeout.
///
/// - Python: `queue.Empty`.
class PROGENY_EXPORT Empty : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

}  // namespace progeny::multiprocessing
