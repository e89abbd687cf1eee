#include <progeny/multiprocessing/resource_sharer.hpp>

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/framing.hpp"
#include "multiprocessing/connection/challenge.hpp"
#include "multiprocessing/connection/resource_sharer.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "platform/io/event.hpp"
#include "platform/io/readable.hpp"
#include "platform/ipc/socket.hpp"
#include "platform/process/child.hpp"
#include "platform/process/per_process.hpp"
#include "platform/system/random.hpp"
#include "platform/system/thread.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <utility>

namespace progeny::multiprocessing::resource_sharer {

namespace {

using detail::Channel;
using detail::Deadline;

// A receiver does its part at once; one that does not must not keep the others waiting for long.
constexpr std::chrono::seconds receiver_patience{5};
// The receiver, in turn, may find several others in front of it.
constexpr std::chrono::seconds owner_patience{60};
constexpr int backlog = 128;
constexpr std::size_t key_size = 8;
constexpr std::size_t name_size = 16;

std::string new_address() {
  std::string digits;
  for (const char byte : platform::random_bytes(name_size)) {
    digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  using namespace std::string_literals;
  return fmt::format("{}progeny-{}-{}", "\0"s, platform::current_pid(), digits);
}

/// One run of the serving thread.
struct Service {
  std::string address = new_address();
  Handle listener = platform::listen_at({.path = address}, backlog);
  platform::Event stopping;
  platform::Event stopped;

  // For a forked child, where the thread does not exist but its part of the ownership stays.
  void close() noexcept {
    listener = Handle();
    stopping = platform::Event(Handle());
    stopped = platform::Event(Handle());
  }
};

/// All that is shared by this process.
class Sharer {
 public:
  static Sharer& only() { return platform::PerProcess<Sharer>::get(); }

  std::pair<std::string, std::uint64_t> add(Handle handle) {
    const std::lock_guard lock(mutex);
    if (!service_) {
      auto service = std::make_shared<Service>();
      platform::start_quiet_thread([this, service] { serve(*service); });
      service_ = std::move(service);
    }
    handles_.emplace(++last_key_, std::move(handle));
    return {service_->address, last_key_};
  }

  // Takes a handle out. None if there is none of that key.
  Handle take(std::uint64_t key) {
    const std::lock_guard lock(mutex);
    auto node = handles_.extract(key);
    return node ? std::move(node.mapped()) : Handle();
  }

  bool stop(const Timeout& timeout) {
    std::shared_ptr<Service> service;
    {
      const std::lock_guard lock(mutex);
      service = std::exchange(service_, nullptr);
      handles_.clear();
    }
    if (!service) {
      return true;
    }
    service->stopping.set();
    return platform::is_readable(service->stopped.handle(), Deadline(timeout));
  }

  // The parent goes on owning and serving what it shares.
  void after_fork_in_child() noexcept {
    handles_.clear();
    if (service_) {
      service_->close();
      service_.reset();
    }
  }

 private:
  friend class platform::PerProcess<Sharer>;

  void serve(Service& service) noexcept {
    const std::array handles{service.stopping.handle(), service.listener.get()};
    for (;;) {
      try {
        if (platform::all_readable(handles, detail::never()).front() == 0) {
          break;
        }
        serve_one(service);
      } catch (...) {  // NOLINT(bugprone-empty-catch): that receiver has failed, and knows it.
      }
    }
    service.listener = Handle();
    service.stopped.set();
  }

  void serve_one(Service& service) {
    const Deadline deadline(receiver_patience);
    auto accepted = platform::accept_from(service.listener.get(), deadline);
    // Anybody on the machine can connect, so strangers are turned away before they cost time.
    if (!accepted || !platform::peer_is_same_user(accepted->socket.get())) {
      return;
    }
    Channel channel(std::move(accepted->socket), true, true);
    detail::authenticate_client(channel, {.key = detail::current_authkey()}, deadline);
    const std::string key = channel.receive(key_size, deadline);
    const Handle handle = take(detail::read_number(key));
    const native_handle borrowed = handle.get();
    // An empty answer: there is no such handle.
    channel.send(handle ? detail::Frame{.body = "1", .handles = {&borrowed, 1}} : detail::Frame(),
                 deadline);
  }

  std::mutex mutex;                          // Guards what follows.
  std::map<std::uint64_t, Handle> handles_;  // By key.
  std::uint64_t last_key_ = 0;
  std::shared_ptr<Service> service_;  // Null: no thread runs.
};

}  // namespace

DupFd::DupFd(native_handle handle) : key_(0) {
  std::tie(address_, key_) = Sharer::only().add(platform::duplicate(handle));
}

DupFd::DupFd(std::string address, std::uint64_t key) noexcept
    : address_(std::move(address)), key_(key) {}

Handle DupFd::detach() const {
  const Deadline deadline(owner_patience);
  auto socket = platform::connect_to({.path = address_}, deadline);
  if (!socket) {
    throw OSError(std::make_error_code(std::errc::timed_out), "connect");
  }
  Channel channel(std::move(*socket), true, true);
  detail::authenticate_to_listener(channel, {.key = detail::current_authkey()}, deadline);
  std::array<char, key_size> key{};
  detail::write_number(key, key_);
  channel.send({.body = {key.data(), key.size()}}, deadline);
  platform::ReceivedHandles received;
  static_cast<void>(channel.receive(1, deadline, &received));
  if (received.truncated) {
    throw OSError(std::make_error_code(std::errc::too_many_files_open), "recv");
  }
  if (received.handles.size() != 1) {
    throw LookupError("the handle has been fetched before, or its owner has dropped it");
  }
  return std::move(received.handles.front());
}

bool stop(const Timeout& timeout) {
  return Sharer::only().stop(timeout);
}

}  // namespace progeny::multiprocessing::resource_sharer

namespace progeny::multiprocessing::detail {

void drop_shared(std::uint64_t key) noexcept {
  static_cast<void>(resource_sharer::Sharer::only().take(key));
}

}  // namespace progeny::multiprocessing::detail
