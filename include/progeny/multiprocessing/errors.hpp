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
  /// With this message.
  explicit ProcessError(const std::string& message);
};

/// A message does not fit into the caller's buffer. The message is not lost: it is in here.
/// - Python: `multiprocessing.BufferTooShort`.
class PROGENY_EXPORT BufferTooShort : public ProcessError {
 public:
  /// Carries `message`, for which there was room for `room` bytes only.
  BufferTooShort(std::string message, std::size_t room);
  /// All of the message.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  /// How many bytes there was room for.
  [[nodiscard]] std::size_t room() const noexcept { return room_; }

 private:
  std::string message_;
  std::size_t room_;
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

/// A process has ended while it had a lock, which is now the caller's. What the lock protects may
/// be half done. Python has no such news: there the lock stays locked.
class PROGENY_EXPORT OwnerDied : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// A barrier was aborted, reset, not reached by all in time, or one of those who waited has died.
/// - Python: `threading.BrokenBarrierError`.
class PROGENY_EXPORT BrokenBarrierError : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// A queue has no room, and got none in time. Python: `queue.Full`.
class PROGENY_EXPORT Full : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

/// A queue has nothing, and got nothing in time. Python: `queue.Empty`.
class PROGENY_EXPORT Empty : public ProcessError {
 public:
  using ProcessError::ProcessError;
};

}  // namespace progeny::multiprocessing
