#include "multiprocessing/connection/tickets.hpp"

#include "multiprocessing/connection/message_parts.hpp"
#include "multiprocessing/connection/resource_sharer.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>
#include <progeny/serial/message.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

using resource_sharer::DupFd;

constexpr std::size_t count_size = 4;
constexpr std::size_t length_size = 4;
constexpr std::size_t key_size = 8;

// The text is a count, then for each handle:
//
//     | length of the address (4) | address | key (8) |
void append_ticket(std::string& text, const DupFd& ticket) {
  append_number(text, ticket.address().size(), length_size);
  text += ticket.address();
  append_number(text, ticket.key(), key_size);
}

DupFd take_ticket(MessageReader& message) {
  std::string address(message.take(message.take_number(length_size)));
  const std::uint64_t key = message.take_number(key_size);
  return {std::move(address), key};
}

}  // namespace

Tickets::Tickets(std::span<const native_handle> handles) : Tickets() {
  append_number(text_, handles.size(), count_size);
  for (const native_handle handle : handles) {
    add(handle);
  }
}

Tickets::Tickets(Tickets&& other) noexcept
    : text_(std::move(other.text_)), keys_(std::exchange(other.keys_, {})) {}

Tickets& Tickets::operator=(Tickets&& other) noexcept {
  std::swap(text_, other.text_);
  std::swap(keys_, other.keys_);
  return *this;
}

Tickets::~Tickets() {
  for (const std::uint64_t key : keys_) {
    drop_shared(key);
  }
}

// The key's place is made first: after sharing, nothing may throw before the key is noted.
void Tickets::add(native_handle handle) {
  std::uint64_t& key = keys_.emplace_back();
  const DupFd ticket(handle);
  key = ticket.key();
  append_ticket(text_, ticket);
}

// All tickets are read before the first handle is fetched: fetching takes a handle away from its
// owner, which a damaged message must not do.
std::vector<Handle> fetch_handles(MessageReader& message) {
  const std::uint64_t count = message.take_number(count_size);
  std::vector<DupFd> tickets;
  for (std::uint64_t i = 0; i < count; ++i) {
    tickets.push_back(take_ticket(message));
  }
  std::vector<Handle> handles;
  handles.reserve(tickets.size());
  for (const DupFd& ticket : tickets) {
    handles.push_back(ticket.detach());
  }
  return handles;
}

std::size_t count_tickets(std::string_view message) noexcept {
  constexpr std::size_t smallest_ticket = length_size + key_size;
  if (message.size() < count_size) {
    return 0;
  }
  const std::uint64_t count = read_number(std::span(message).first(count_size));
  return count <= (message.size() - count_size) / smallest_ticket ? count : 0;
}

void drop_tickets(std::string_view message) {
  MessageReader reader(message);
  for (std::uint64_t count = reader.take_number(count_size); count != 0; --count) {
    drop_shared(take_ticket(reader).key());
  }
}

serial::Incoming fetched(std::string_view bytes) {
  MessageReader message(bytes);
  auto handles = fetch_handles(message);
  return {.bytes = bytes.substr(message.position()), .handles = std::move(handles)};
}

}  // namespace progeny::multiprocessing::detail
