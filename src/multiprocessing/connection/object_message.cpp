#include "multiprocessing/connection/object_message.hpp"

#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/connection/resource_sharer.hpp"

#include <progeny/multiprocessing/resource_sharer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

using connection::Message;
using platform::TransportKind;
using resource_sharer::DupFd;

// The first byte of the message. Behind it, under `beside` and `to_fetch`, how many handles in 4
// bytes; then, under `to_fetch`, what DupFd needs to fetch each; then the value.
enum class HandleWay : std::uint8_t { none, beside, to_fetch };

constexpr std::size_t way_size = 1;
constexpr std::size_t count_size = 4;
constexpr std::size_t key_size = 8;

using Prefix = std::array<char, way_size + count_size>;

Prefix prefix_of(HandleWay way, std::size_t count) {
  Prefix prefix{static_cast<char>(way)};
  write_number(std::span(prefix).subspan(way_size), count);
  return prefix;
}

std::string_view text_of(const Prefix& prefix) {
  return {prefix.data(), prefix.size()};
}

void append_number(std::string& text, std::uint64_t number, std::size_t size) {
  text.resize(text.size() + size);
  write_number(std::span(text).last(size), number);
}

void send_beside(Channel& channel, const serial::Outgoing& message) {
  const std::size_t most = platform::most_handles_at_once();
  if (message.handles.size() > most) {
    throw ValueError(
        fmt::format("a value with {} handles: a message over a socket carries {} at most",
                    message.handles.size(),
                    most));
  }
  const Prefix prefix = prefix_of(HandleWay::beside, message.handles.size());
  channel.send({.prefix = text_of(prefix), .body = message.bytes, .handles = message.handles},
               never());
}

void send_to_fetch(Channel& channel, const serial::Outgoing& message) {
  const char way = static_cast<char>(HandleWay::to_fetch);
  Tickets tickets(message.handles);
  channel.send({.prefix = {&way, way_size}, .body = tickets.text() + message.bytes}, never());
  tickets.hand_over();
}

// Takes parts off the front of a message that may be anything.
class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text) {}

  std::string_view take(std::uint64_t size) {
    if (size > text_.size() - position_) {
      throw RuntimeError("the message is not a value that progeny has sent: it is too short");
    }
    position_ += size;
    return text_.substr(position_ - size, size);
  }
  std::uint64_t take_number(std::size_t size) { return read_number(take(size)); }
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

void check_arrived(const platform::ReceivedHandles& received, std::uint64_t sent) {
  if (received.truncated) {
    throw OSError(std::make_error_code(std::errc::too_many_files_open), "recv");
  }
  if (received.handles.size() != sent) {
    throw RuntimeError(fmt::format(
        "the value came with {} handles, and was sent with {}", received.handles.size(), sent));
  }
}

std::vector<Handle> fetch(Cutter& cutter, std::uint64_t count) {
  // All are read before the first is fetched: a damaged message takes none away from its owner.
  std::vector<DupFd> shared;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string address(cutter.take(cutter.take_number(count_size)));
    shared.emplace_back(address, cutter.take_number(key_size));
  }
  std::vector<Handle> handles;
  handles.reserve(shared.size());
  for (const DupFd& one : shared) {
    handles.push_back(one.detach());
  }
  return handles;
}

}  // namespace

// For each handle the length of its address, the address and the key.
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

void Tickets::add(native_handle handle) {
  std::uint64_t& key = keys_.emplace_back();  // First: then what is shared cannot get lost.
  const DupFd shared(handle);
  key = shared.key();
  append_number(text_, shared.address().size(), count_size);
  text_ += shared.address();
  append_number(text_, shared.key(), key_size);
}

serial::Incoming fetched(std::string_view bytes) {
  Cutter cutter(bytes);
  const std::uint64_t count = cutter.take_number(count_size);
  auto handles = fetch(cutter, count);
  return {.bytes = bytes.substr(cutter.position()), .handles = std::move(handles)};
}

void send_object(Channel& channel, const serial::Outgoing& message) {
  if (message.handles.empty()) {
    const Prefix prefix = prefix_of(HandleWay::none, 0);
    channel.send({.prefix = text_of(prefix).substr(0, way_size), .body = message.bytes}, never());
  } else if (platform::passes_handles(channel.kind())) {
    send_beside(channel, message);
  } else if (channel.kind() == TransportKind::pipe) {
    send_to_fetch(channel, message);
  } else {
    throw RuntimeError(
        "a value that holds handles cannot be sent through a network connection: handles exist on "
        "one machine only");
  }
}

Message receive_object(Channel& channel) {
  platform::ReceivedHandles received;
  Message message{
      .frame = channel.receive(std::numeric_limits<std::uint64_t>::max(), never(), &received)};
  Cutter cutter(message.frame);
  const auto way = static_cast<HandleWay>(cutter.take_number(way_size));
  if (way > HandleWay::to_fetch) {
    throw RuntimeError("the message is not a value that progeny has sent");
  }
  const std::uint64_t count = way == HandleWay::none ? 0 : cutter.take_number(count_size);
  check_arrived(received, way == HandleWay::beside ? count : 0);
  message.handles = way == HandleWay::to_fetch ? fetch(cutter, count) : std::move(received.handles);
  message.begin = cutter.position();
  return message;
}

}  // namespace progeny::multiprocessing::detail
