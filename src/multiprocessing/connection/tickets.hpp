#pragma once

// Handles in messages that can carry bytes only: each travels as a ticket, with which the receiver
// fetches it from the sender's resource_sharer.

#include <progeny/base/handle.hpp>
#include <progeny/serial/message.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::detail {

class MessageReader;

/// The tickets of one message, which go in front of its value.
///
/// The sender's process keeps the handles until they are fetched. A Tickets that is destroyed
/// before `hand_over` drops them: nobody will fetch them.
class Tickets {
 public:
  /// Of a value without handles: no text at all.
  Tickets() noexcept = default;
  /// Throws OSError; then no handle is kept.
  explicit Tickets(std::span<const native_handle> handles);
  Tickets(Tickets&& other) noexcept;
  Tickets& operator=(Tickets&& other) noexcept;
  Tickets(const Tickets&) = delete;
  Tickets& operator=(const Tickets&) = delete;
  ~Tickets();

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// To be called once the message has been sent.
  void hand_over() noexcept { keys_.clear(); }

 private:
  void add(native_handle handle);

  std::string text_;
  std::vector<std::uint64_t> keys_;  // Of the handles to drop.
};

/// Takes the tickets off the front of a message, and fetches their handles. Throws RuntimeError if
/// the bytes are not tickets, otherwise as `resource_sharer::DupFd::detach`.
[[nodiscard]] std::vector<Handle> fetch_handles(MessageReader& message);

/// How many tickets a message begins with; 0 if it has none, or is damaged.
[[nodiscard]] std::size_t count_tickets(std::string_view message) noexcept;

/// Drops the handles of this process to which the tickets of a message lead: nobody will get it.
/// Throws RuntimeError if the bytes are not tickets.
void drop_tickets(std::string_view message);

/// The value behind its tickets, with the handles. Borrows `bytes`; throws as `fetch_handles`.
[[nodiscard]] serial::Incoming fetched(std::string_view bytes);

}  // namespace progeny::multiprocessing::detail
