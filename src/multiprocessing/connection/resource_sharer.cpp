#include <progeny/multiprocessing/resource_sharer.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/make_channel.hpp"
#include "multiprocessing/connection/challenge.hpp"
#include "multiprocessing/connection/handle_exchange.hpp"
#include "multiprocessing/connection/partial_message.hpp"
#include "multiprocessing/connection/reception.hpp"
#include "multiprocessing/connection/resource_sharer.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "platform/io/event.hpp"
#include "platform/io/readable.hpp"
#include "platform/ipc/socket.hpp"
#include "platform/ipc/transport.hpp"
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

// The owner serves receivers side by side, and waits for none of them for longer.
constexpr std::chrono::seconds receiver_patience{5};
// A receiver may have to wait for an owner that is stopped, or has much to do.
constexpr std::chrono::seconds owner_patience{60};
constexpr std::chrono::milliseconds retry_time{100};
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

/// One receiver: it proves the key, then says which handle it wants.
class Receiver : public detail::Visit {
 public:
  explicit Receiver(native_handle socket)
      : socket_(socket),
        kind_(platform::transport_kind(socket)),
        handshake_(socket, {.key = detail::current_authkey()}) {}

  [[nodiscard]] bool advance() override {
    return handshake_.advance() && message_.take_from(socket_, kind_);
  }
  [[nodiscard]] bool is_silent() const noexcept override { return handshake_.is_silent(); }
  /// What it asks for, once it is finished. Throws RuntimeError if that is no request.
  [[nodiscard]] HandleRequest request() { return HandleRequest::from(message_.take()); }

 private:
  native_handle socket_;
  platform::TransportKind kind_;
  detail::ListenerHandshake handshake_;
  detail::PartialMessage message_;
};

// The name has no file, so every user of the machine can connect. Strangers are turned away before
// the handshake.
std::unique_ptr<detail::Visit> begin_visit(native_handle socket) {
  return platform::peer_is_same_user(socket) ? std::make_unique<Receiver>(socket) : nullptr;
}

/// One run of the serving thread.
struct Service {
  std::string address = new_address();
  Handle listener = platform::listen_at({.path = address}, backlog);
  detail::Reception reception{listener.get(), {.patience = receiver_patience}, begin_visit};
  platform::Event stopping;
  platform::Event stopped;

  // For a forked child. The thread does not exist there, but its share in the ownership does, so
  // that the destructor never runs.
  void close() noexcept {
    reception.let_go();
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
    // Made now, so that a child that is forked before the first receiver comes has the same key.
    static_cast<void>(detail::current_authkey());
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
    const std::array handles{service.stopping.handle(), service.reception.handle()};
    for (;;) {
      try {
        if (platform::wait_readable(handles, service.reception.next_moment()) == 0U) {
          break;
        }
        service.reception.advance();
        while (auto receiver = service.reception.take()) {
          answer(*receiver);
        }
      } catch (...) {
        // The descriptor table is full. Receivers wait in the queue of the system.
        static_cast<void>(platform::is_readable(service.stopping.handle(), Deadline(retry_time)));
      }
    }
    service.reception.let_go();
    service.listener = Handle();
    service.stopped.set();
  }

  // The answer is short, so the socket's buffer has room for it.
  void answer(detail::Reception::Done& receiver) noexcept {
    if (receiver.failure) {
      return;
    }
    try {
      const auto request = static_cast<Receiver&>(*receiver.visit).request();
      const auto channel = detail::make_channel(std::move(receiver.client.socket));
      HandleAnswer{.handle = take(request.key)}.send(*channel, Deadline(std::chrono::seconds(0)));
    } catch (...) {  // NOLINT(bugprone-empty-catch): the receiver sees that its connection ended.
    }
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
