#include <progeny/multiprocessing/resource_sharer.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/make_channel.hpp"
#include "multiprocessing/connection/challenge.hpp"
#include "multiprocessing/connection/handle_exchange.hpp"
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
#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

namespace progeny::multiprocessing::resource_sharer {

namespace {

using detail::Deadline;
using detail::HandleAnswer;
using detail::HandleRequest;

// The owner serves one receiver at a time. A receiver does its part at once; a slow one must not
// hold up the others for long.
constexpr std::chrono::seconds receiver_patience{5};
// A receiver may have to wait until several others have been served.
constexpr std::chrono::seconds owner_patience{60};
constexpr int backlog = 128;
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

  // For a forked child. The thread does not exist there, but its share in the ownership does, so
  // that the destructor never runs.
  void close() noexcept {
    listener = Handle();
    stopping = platform::Event(Handle());
    stopped = platform::Event(Handle());
  }
};

/// The handles that this process shares, and the thread that gives them out.
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

  // Takes a handle out: no other receiver gets it. Empty if there is no handle of that key.
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
      } catch (...) {  // NOLINT(bugprone-empty-catch): the receiver sees that its connection ended.
      }
    }
    service.listener = Handle();
    service.stopped.set();
  }

  void serve_one(Service& service) {
    const Deadline deadline(receiver_patience);
    auto accepted = platform::accept_from(service.listener.get(), deadline);
    // The name has no file, so every user of the machine can connect. Strangers are turned away
    // before the handshake, which could hold up the others.
    if (!accepted || !platform::peer_is_same_user(accepted->socket.get())) {
      return;
    }
    const auto channel = detail::make_channel(std::move(accepted->socket));
    detail::authenticate_client(*channel, {.key = detail::current_authkey()}, deadline);
    const auto request = HandleRequest::receive(*channel, deadline);
    HandleAnswer{.handle = take(request.key)}.send(*channel, deadline);
  }

  std::mutex mutex;                          // Guards what follows. Held across each fork.
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
  const auto channel = detail::make_channel(std::move(*socket));
  detail::authenticate_to_listener(*channel, {.key = detail::current_authkey()}, deadline);
  HandleRequest{.key = key_}.send(*channel, deadline);
  HandleAnswer answer = HandleAnswer::receive(*channel, deadline);
  if (!answer.handle) {
    throw LookupError("the handle has been fetched before, or its owner has dropped it");
  }
  return std::move(answer.handle);
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
