#pragma once

// What a value becomes on its way to another process: bytes, and the handles that travel beside
// them.

#include <progeny/base/handle.hpp>
#include <progeny/export.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::serial {

/// Something that belongs to the receiver from the moment it is written: a use of shared memory.
class PROGENY_EXPORT Claim {
 public:
  Claim() = default;
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;
  /// Changes nothing.
  virtual ~Claim();
  /// Takes it back, because the message is never sent. Call it once.
  virtual void give_back() noexcept = 0;
};

/// An encoded value, ready to be sent.
struct Outgoing {
  /// The value. In the native form, which both ends must share: the same machine, and builds of
  /// one program or of programs that declare the same types.
  std::string bytes;
  /// Handles that the value holds (connections, locks, shared memory); the bytes refer to them by
  /// index. Borrowed: they stay the value's, which must live until the message has been sent.
  std::vector<native_handle> handles;
  /// What belongs to the receiver once the message is sent.
  std::vector<std::unique_ptr<Claim>> claims = {};

  /// Takes the claims back. Call it at most once, when the message cannot be sent.
  PROGENY_EXPORT void give_back() const noexcept;
};

/// A message as it arrived.
struct Incoming {
  /// The encoded value; borrowed until it has been decoded.
  std::string_view bytes;
  /// The handles that came with the bytes. Those that decoding does not take are closed.
  std::vector<Handle> handles;
};

}  // namespace progeny::serial
