#pragma once

// What a value becomes on its way to another process: bytes, the handles that travel beside them,
// and claims on shared memory.

#include <progeny/base/handle.hpp>
#include <progeny/export.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::serial {

/// A use of shared memory that belongs to the receiver from the moment the value is encoded, so
/// that the memory lives on while the message is on its way.
class PROGENY_EXPORT Claim {
 public:
  Claim() = default;
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;
  /// Does not end the use.
  virtual ~Claim();
  /// Ends the use on the receiver's behalf: no receiver will get the message. To be called once.
  virtual void give_back() noexcept = 0;
};

/// Owns the claims of one message. Gives them back when it is destroyed, unless the message was
/// sent.
class PROGENY_EXPORT Claims {
 public:
  /// None yet.
  Claims() noexcept = default;
  /// Moves them; `other` has none afterwards.
  Claims(Claims&& other) noexcept : claims_(std::exchange(other.claims_, {})) {}
  /// Gives back those that it had, then moves.
  Claims& operator=(Claims&& other) noexcept;
  Claims(const Claims&) = delete;
  Claims& operator=(const Claims&) = delete;
  /// Gives back those that were not sent.
  ~Claims() {
    if (!claims_.empty()) {
      give_back();
    }
  }

  /// Takes over one more.
  void add(std::unique_ptr<Claim> claim) { claims_.push_back(std::move(claim)); }
  /// To be called after sending: the receiver owns them now.
  void mark_sent() noexcept { claims_.clear(); }

 private:
  void give_back() noexcept;

  std::vector<std::unique_ptr<Claim>> claims_;
};

/// An encoded value, ready to be sent. It owns its bytes and its claims, and borrows its handles.
struct Outgoing {
  /// The value. In the native form, which both ends must share: the same machine, and builds of
  /// one program or of programs that declare the same types.
  std::string bytes;
  /// Handles that the value holds (connections, locks, shared memory); the bytes refer to them by
  /// index. Borrowed: they stay the value's, which must live until the message has been sent.
  std::vector<native_handle> handles;
  /// Given back when this is destroyed, unless `claims.mark_sent()` was called.
  Claims claims = {};
};

/// Which process made a message, as far as decoding depends on it.
enum class Origin : std::uint8_t {
  /// Any process at the other end of a connection or a queue. Nothing in its messages loads code,
  /// and
  /// of plain functions only registered ones are found.
  peer,
  /// The process that started this one. It has chosen what this process runs anyway.
  parent,
};

/// As a limit of memory: none.
inline constexpr std::size_t any_memory = std::numeric_limits<std::size_t>::max();

/// A message as it arrived. It borrows its bytes and owns its handles.
struct Incoming {
  /// The value; the buffer must live until it has been decoded.
  std::string_view bytes;
  /// The handles that came with it. Decoding takes those that the value needs; the others are
  /// closed.
  std::vector<Handle> handles;
  /// Which process made it.
  Origin origin = Origin::peer;
  /// The most bytes of memory that decoding may take: `Reader::take_memory`.
  std::size_t max_memory = any_memory;
};

}  // namespace progeny::serial
