#pragma once

// Which ways an end of a connection is open.

#include "multiprocessing/channel/channel_errors.hpp"

#include <system_error>

namespace progeny::multiprocessing::detail {

/// What may still be done with one end.
struct Directions {
  bool readable = true;  ///< Stays what it is when the end is closed, as in Python.
  bool writable = true;  ///< As `readable`.
  bool closed = false;

  /// Throws OSError if the end is closed.
  void check_open() const {
    if (closed) {
      throw_os_error(std::errc::bad_file_descriptor, "handle is closed");
    }
  }
  /// Throws OSError if nothing can be received.
  void check_readable() const {
    check_open();
    if (!readable) {
      throw_os_error(std::errc::bad_file_descriptor, "connection is write-only");
    }
  }
  /// Throws OSError if nothing can be sent.
  void check_writable() const {
    check_open();
    if (!writable) {
      throw_os_error(std::errc::bad_file_descriptor, "connection is read-only");
    }
  }

  /// To be called when the rest of a message will not be read, so that no later message can be
  /// found. Returns whether the end is to be closed: as in Python, a duplex end can still send.
  [[nodiscard]] bool stop_receiving() noexcept {
    readable = false;
    return !writable;
  }
};

}  // namespace progeny::multiprocessing::detail
