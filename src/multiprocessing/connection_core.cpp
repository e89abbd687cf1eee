#include "multiprocessing/connection_core.hpp"

#include "base/deadline.hpp"
#include "platform/ready.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

namespace progeny::multiprocessing::detail {

namespace {

using platform::ChannelKind;

constexpr std::size_t short_header = 4;
constexpr std::size_t long_header = 12;
constexpr std::uint64_t longest_short = 0x7fff'ffff;
// More is taken only as it arrives: the length is the other end's word.
constexpr std::size_t memory_on_trust = std::size_t{1} << 20;

template <class Number>
Number big_endian(Number number) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    if constexpr (sizeof(Number) == sizeof(std::uint32_t)) {
      return __builtin_bswap32(number);
    } else {
      return __builtin_bswap64(number);
    }
  }
  return number;
}

struct Header {
  std::array<char, long_header> bytes;
  std::size_t size;
  [[nodiscard]] std::string_view text() const noexcept { return {bytes.data(), size}; }
};

Header header_of(std::uint64_t length) noexcept {
  Header header{};
  const bool is_short = length <= longest_short;
  const auto first = big_endian(is_short ? static_cast<std::uint32_t>(length) : ~std::uint32_t{0});
  std::memcpy(header.bytes.data(), &first, sizeof first);
  const auto second = big_endian(length);
  std::memcpy(header.bytes.data() + short_header, &second, sizeof second);
  header.size = is_short ? short_header : long_header;
  return header;
}

bool is_packets(ChannelKind kind) noexcept {
  return kind == ChannelKind::packet_pipe || kind == ChannelKind::packet_socket;
}

std::size_t largest_packet(ChannelKind kind) noexcept {
  return kind == ChannelKind::packet_pipe ? platform::largest_packet_of_pipe
                                          : platform::largest_packet_of_socket;
}

void check(const std::error_code& error, const char* call) {
  if (error) {
    throw OSError(error, call);
  }
}

}  // namespace

// The bytes of a message as they come: from a packet that holds its beginning, or from the stream.
class ConnectionCore::Input {
 public:
  Input(const ConnectionCore& connection, std::vector<Handle>* handles)
      : connection_(connection), handles_(handles) {}

  /// Fills `space`. At the end of the file before the first byte of all: EOFError.
  void read(std::span<char> space) {
    while (!space.empty()) {
      const std::size_t count = ready_ != 0 ? copy_ready(space) : read_more(space);
      space = space.subspan(count);
    }
  }

  /// Whether what came in one packet is used up.
  [[nodiscard]] bool packet_is_used_up() const noexcept { return ready_ == 0; }

 private:
  std::size_t copy_ready(std::span<char> space) noexcept {
    const std::size_t count = std::min(space.size(), ready_);
    std::memcpy(space.data(), next_, count);
    next_ += count;
    ready_ -= count;
    return count;
  }

  std::size_t read_more(std::span<char> space) {
    // A packet is read with one call or lost in part; a stream must not be read beyond the message.
    const bool whole_packet = is_packets(connection_.kind_) && space.size() < packet_.size();
    const auto read = platform::read_channel(connection_.handle_.get(),
                                             connection_.kind_,
                                             whole_packet ? std::span<char>(packet_) : space,
                                             handles_);
    check(read.error, "read");
    if (read.count == 0) {
      report_end();
    }
    has_begun_ = true;
    if (!whole_packet) {
      return read.count;
    }
    next_ = packet_.data();
    ready_ = read.count;
    return copy_ready(space);
  }

  [[noreturn]] void report_end() const {
    if (!has_begun_) {
      throw EOFError("the other end of the connection is closed");
    }
    throw OSError(std::make_error_code(std::errc::connection_reset),
                  "read",
                  "got end of file during message");
  }

  const ConnectionCore& connection_;
  std::vector<Handle>* const handles_;
  bool has_begun_ = false;
  const char* next_ = nullptr;  // What is left of `packet_`.
  std::size_t ready_ = 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): as large as the largest packet.
  std::array<char, platform::largest_packet_of_socket> packet_;
};

bool ConnectionCore::carries_handles() const noexcept {
  return kind_ == ChannelKind::local_socket || kind_ == ChannelKind::packet_socket;
}

void ConnectionCore::send(std::string_view bytes, std::span<const native_handle> handles) {
  const Header header = header_of(bytes.size());
  const std::lock_guard lock(sending_);
  if (is_packets(kind_)) {
    send_packets(header.text(), bytes, handles);
  } else {
    check(platform::write_all(handle_.get(), kind_, header.text(), bytes, handles), "write");
  }
}

void ConnectionCore::send_packets(std::string_view head,
                                  std::string_view bytes,
                                  std::span<const native_handle> handles) {
  const std::size_t largest = largest_packet(kind_);
  auto packet = bytes.substr(0, largest - head.size());
  check(platform::write_all(handle_.get(), kind_, head, packet, handles), "write");
  bytes.remove_prefix(packet.size());
  while (!bytes.empty()) {
    packet = bytes.substr(0, largest);
    check(platform::write_all(handle_.get(), kind_, {}, packet), "write");
    bytes.remove_prefix(packet.size());
  }
}

std::string ConnectionCore::receive(std::uint64_t most, std::vector<Handle>* handles) {
  const std::lock_guard lock(receiving_);
  Input input(*this, handles);
  std::array<char, sizeof(std::uint64_t)> number{};
  input.read(std::span(number).first(short_header));
  std::uint64_t length = big_endian(std::bit_cast<std::array<std::uint32_t, 2>>(number)[0]);
  if (length > longest_short) {
    if (length != ~std::uint32_t{0}) {
      give_up_reading("a message has a negative length");
    }
    input.read(number);
    length = big_endian(std::bit_cast<std::uint64_t>(number));
  }
  if (length > most) {
    give_up_reading("bad message length");
  }
  std::string bytes;
  while (bytes.size() < length) {
    const std::size_t done = bytes.size();
    const auto next = std::min<std::uint64_t>(length - done, std::max(done, memory_on_trust));
    bytes.resize(done + static_cast<std::size_t>(next));
    input.read(std::span(bytes).subspan(done));
  }
  if (!input.packet_is_used_up()) {
    give_up_reading("a packet is longer than its message");
  }
  return bytes;
}

// Where the next message begins is not known any more.
void ConnectionCore::give_up_reading(const char* reason) {
  readable_ = false;
  if (!writable_) {
    handle_.reset();
  }
  throw OSError(std::make_error_code(std::errc::bad_message), "read", reason);
}

bool ConnectionCore::poll(Timeout timeout) const {
  return platform::wait_readable(std::array{handle_.get()}, progeny::detail::Deadline(timeout))
      .has_value();
}

}  // namespace progeny::multiprocessing::detail
