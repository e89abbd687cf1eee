#include "multiprocessing/connection/partial_message.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "platform/ipc/transport.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace progeny::multiprocessing::detail {

namespace {

progeny::detail::Deadline now() {
  return progeny::detail::Deadline(std::chrono::seconds(0));
}

}  // namespace

// How many bytes the message has with its header, as far as is known.
std::size_t PartialMessage::wanted() const {
  if (filled_ < short_header) {
    return short_header;
  }
  const Header header = read_header(std::span(bytes_).first(filled_));
  if (header.state != Header::State::complete || header.length > longest) {
    throw_too_long();
  }
  return header.size + header.length;
}

bool PartialMessage::take_from(native_handle socket, platform::TransportKind kind) {
  while (filled_ < wanted()) {
    const std::span<char> space = std::span(bytes_).subspan(filled_, wanted() - filled_);
    const auto result = platform::receive_some(socket, kind, space, now());
    if (result.error == std::errc::timed_out) {
      return false;
    }
    if (result.error) {
      throw OSError(result.error, "recv");
    }
    if (result.count == 0) {
      filled_ == 0 ? throw_end() : throw_truncated();
    }
    filled_ += result.count;
  }
  return true;
}

std::string PartialMessage::take() {
  std::string text(bytes_.data() + short_header, filled_ - short_header);
  filled_ = 0;
  return text;
}

void send_at_once(native_handle socket, platform::TransportKind kind, std::string_view text) {
  const FrameFront front({}, text.size());
  const std::string bytes = std::string(front.text()) + std::string(text);
  const auto result = platform::send_some(socket, kind, bytes, now());
  if (result.error) {
    throw OSError(result.error, "send");
  }
  if (result.count != bytes.size()) {
    throw_os_error(std::errc::no_buffer_space, "send");
  }
}

}  // namespace progeny::multiprocessing::detail
