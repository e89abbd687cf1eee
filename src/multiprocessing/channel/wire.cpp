#include "multiprocessing/channel/wire.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/channel/channel_errors.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/channel/message_sink.hpp"
#include "multiprocessing/channel/saved_end.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/io/readable.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/transport.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>

namespace progeny::multiprocessing::detail {

namespace {

using platform::IoResult;
using progeny::detail::Deadline;

std::size_t count_of(const IoResult& result, const char* call) {
  if (result.error) {
    throw OSError(result.error, call);
  }
  return result.count;
}

// A turn that another thread has is not waited for by its lock, which knows no deadline, but by
// what that thread waits for itself. If that comes, the other thread is about to use it.
template <class IsReady>
Turn take_turn(platform::ForkLock& lock,
               const Deadline& deadline,
               const char* call,
               IsReady is_ready) {
  if (deadline.is_never()) {
    return Turn(lock);
  }
  while (is_ready(deadline)) {
    if (Turn turn(lock, std::try_to_lock); turn) {
      return turn;
    }
    std::this_thread::yield();
  }
  throw_os_error(std::errc::timed_out, call);
}

}  // namespace

Turn Wire::turn_to_send(platform::ForkLock& lock, const Deadline& deadline) const {
  return take_turn(lock, deadline, "send", [this](const Deadline& until) {
    return platform::is_writable(handle(), until);
  });
}

Turn Wire::turn_to_receive(platform::ForkLock& lock, const Deadline& deadline) const {
  return take_turn(lock, deadline, "recv", [this](const Deadline& until) { return poll(until); });
}

void Wire::give_up_inside(const OSError& error) noexcept {
  if (error.code() == std::errc::timed_out) {
    close();
  }
}

void Wire::close() noexcept {
  directions_.closed = true;
  handle_.reset();
}

void Wire::save(serial::Writer& writer) const {
  save_end(writer, ChannelForm::wire, handle(), directions_);
}

bool Wire::poll(const Deadline& deadline) const {
  return platform::is_readable(handle(), deadline);
}

std::size_t Wire::send_some(std::string_view bytes, const Deadline& deadline) const {
  return count_of(platform::send_some(handle(), kind_, bytes, deadline), "send");
}

void Wire::send_all(std::string_view bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    bytes.remove_prefix(send_some(bytes, deadline));
  }
}

bool Wire::try_send_packet(std::string_view packet, const Deadline& deadline) {
  const IoResult result = platform::send_some(handle(), kind_, packet, deadline);
  if (result.error == std::errc::message_size || result.error == std::errc::no_buffer_space ||
      result.error == std::errc::not_enough_memory) {
    return false;
  }
  static_cast<void>(count_of(result, "send"));
  return true;
}

std::size_t Wire::send_with_handles(std::string_view bytes,
                                    std::span<const native_handle> handles,
                                    const Deadline& deadline,
                                    std::string_view more) const {
  return count_of(platform::send_with_handles(handle(), bytes, handles, deadline, more), "send");
}

// The plain call is the faster one, as it brings no buffer for handles.
std::size_t Wire::receive_some(std::span<char> space,
                               const Deadline& deadline,
                               platform::ReceivedHandles* handles) {
  if (handles != nullptr && platform::passes_handles(kind_)) {
    return count_of(platform::receive_with_handles(handle(), space, *handles, deadline), "recv");
  }
  return count_of(platform::receive_some(handle(), kind_, space, deadline), "recv");
}

std::uint64_t Wire::begin(MessageSink& sink, const Header& header) {
  if (const char* const fault = fault_of(header)) {
    refuse(fault);
  }
  if (!sink.begin(header.length)) {
    if (directions_.stop_receiving()) {
      close();
    }
    throw_too_long();
  }
  return header.length;
}

void Wire::receive_rest(MessageSink& sink, std::uint64_t count, const Deadline& deadline) {
  while (count != 0) {
    const std::span<char> room = sink.room(count);
    const std::size_t received = receive_some(room, deadline, nullptr);
    if (received == 0) {
      throw_truncated();
    }
    sink.fill(received);
    count -= received;
  }
}

void Wire::refuse(const char* why) {
  close();
  throw_os_error(std::errc::bad_message, why);
}

}  // namespace progeny::multiprocessing::detail
