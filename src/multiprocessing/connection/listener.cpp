#include <progeny/multiprocessing/connection/listener.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/channel/make_channel.hpp"
#include "multiprocessing/connection/challenge.hpp"
#include "multiprocessing/connection/endpoint.hpp"
#include "multiprocessing/connection/reception.hpp"
#include "multiprocessing/stoppable.hpp"
#include "platform/host/private_folder.hpp"
#include "platform/io/cancellation.hpp"
#include "platform/ipc/socket.hpp"
#include "platform/process/fork.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/connection/address.hpp>
#include <progeny/multiprocessing/detail/connection_access.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::connection {

namespace {

using detail::Deadline;
using platform::Endpoint;
using platform::SocketFamily;

// A name in the file system. Its owner removes it, but a forked copy of the owner does not.
class OwnedPath {
 public:
  OwnedPath() = default;
  explicit OwnedPath(std::string path)
      : path_(std::move(path)), generation_(platform::fork_generation()) {}
  OwnedPath(const OwnedPath&) = delete;
  OwnedPath& operator=(const OwnedPath&) = delete;
  OwnedPath(OwnedPath&& other) noexcept
      : path_(std::exchange(other.path_, {})), generation_(other.generation_) {}
  OwnedPath& operator=(OwnedPath&& other) noexcept {
    remove();
    path_ = std::exchange(other.path_, {});
    generation_ = other.generation_;
    return *this;
  }
  ~OwnedPath() { remove(); }

  void remove() noexcept {
    if (!path_.empty() && generation_ == platform::fork_generation()) {
      platform::remove_quietly(path_);
    }
    path_.clear();
  }

  [[nodiscard]] const std::string& get() const noexcept { return path_; }

 private:
  std::string path_;
  std::uint32_t generation_ = 0;
};

// With the socket's name in the folder, the path must fit into 107 bytes (unix(7)).
constexpr std::size_t longest_folder = 90;

bool has_file(const Endpoint& where) noexcept {
  return where.family == SocketFamily::local && !where.path.starts_with('\0');
}

Address made_up_address(Family family, const OwnedPath& folder) {
  switch (family) {
    case Family::inet:
      return {"127.0.0.1", 0};
    case Family::inet6:
      return {"::1", 0};
    case Family::unix_socket:
      return {folder.get() + "/listener"};
    case Family::named_pipe:
      break;
  }
  return {R"(\\.\pipe\progeny)"};
}

}  // namespace

struct Listener::State {
  State(const Address& wanted, ListenerOptions wishes, OwnedPath private_folder)
      : options(std::move(wishes)), folder(std::move(private_folder)), address(wanted) {
    detail::check_authkey(options.authkey);
    if (options.max_handshakes == 0) {
      throw ValueError("max_handshakes of 0 lets no client in");
    }
    const Endpoint where = detail::endpoint_for(wanted, options.family);
    socket = platform::listen_at(where, options.backlog);
    if (has_file(where)) {
      file = OwnedPath(where.path);
    }
    address = detail::address_of(platform::endpoint_of(socket.get()));
    if (options.authkey) {
      reception.emplace(socket.get(),
                        detail::ReceptionOptions{.most = options.max_handshakes,
                                                 .patience = options.handshake_timeout},
                        [this](native_handle client) {
                          return std::make_unique<detail::ListenerHandshake>(client, credentials());
                        });
    }
  }

  [[nodiscard]] detail::Credentials credentials() const {
    return {.key = *options.authkey, .require_sha = options.require_sha};
  }
  [[nodiscard]] std::optional<platform::Accepted> await(const Deadline& deadline) {
    return reception ? reception->await(deadline) : platform::accept_from(socket.get(), deadline);
  }

  ListenerOptions options;
  // Destroyed from the bottom: the file goes before its folder.
  OwnedPath folder;
  OwnedPath file;
  Handle socket;
  std::optional<detail::Reception> reception;  // With a key.
  Address address;
  std::mutex mutex;  // Guards `last_accepted` against other threads that accept.
  std::optional<Address> last_accepted;
};

Listener::Listener(const ListenerOptions& options) {
  const Family family = options.family.value_or(Family::unix_socket);
  OwnedPath folder;
  if (family == Family::unix_socket) {
    folder = OwnedPath(platform::make_private_folder("progeny-", longest_folder));
  }
  const Address address = made_up_address(family, folder);
  state_ = std::make_unique<State>(address, options, std::move(folder));
}

Listener::Listener(const Address& address, const ListenerOptions& options)
    : state_(std::make_unique<State>(address, options, OwnedPath())) {}

Listener::Listener(Listener&& other) noexcept = default;
Listener& Listener::operator=(Listener&& other) noexcept = default;
Listener::~Listener() = default;

namespace {

[[noreturn]] void throw_closed(const std::string& address) {
  throw OSError(
      std::make_error_code(std::errc::bad_file_descriptor), "listener is closed", address);
}

}  // namespace

Listener::State& Listener::state() const {
  if (!state_) {
    throw_closed("moved from");
  }
  return *state_;
}

Connection Listener::accept(const Timeout& timeout, const std::stop_token& stop) {
  State& listener = state();
  static_cast<void>(fileno());
  auto accepted =
      detail::stoppable(fmt::format("accept at {}", to_string(listener.address)),
                        stop,
                        timeout,
                        [&](const Deadline& deadline) { return listener.await(deadline); });
  if (!accepted) {
    throw TimeoutError(fmt::format("no client of {} was accepted within {} seconds",
                                   to_string(listener.address),
                                   seconds_text(timeout.limit())));
  }
  const Address peer = detail::address_of(accepted->peer);
  std::string name =
      fmt::format("the client {} of {}", to_string(peer), to_string(listener.address));
  {
    const std::lock_guard lock(listener.mutex);
    listener.last_accepted = peer;
  }
  return detail::ConnectionAccess::make_with_stranger(
      detail::make_channel(std::move(accepted->socket)), std::move(name));
}

void Listener::close() noexcept {
  if (state_) {
    state_->file.remove();
    state_->folder.remove();
    state_->reception.reset();
    state_->socket.reset();
  }
}

const Address& Listener::address() const {
  return state().address;
}

const std::optional<Address>& Listener::last_accepted() const {
  return state().last_accepted;
}

native_handle Listener::fileno() const {
  State& listener = state();
  if (!listener.socket) {
    throw_closed(to_string(listener.address));
  }
  return listener.reception ? listener.reception->handle() : listener.socket.get();
}

namespace {

// A limit that passes says which of the two it was.
[[noreturn]] void throw_late(const Address& address, std::string_view what, const Timeout& limit) {
  throw TimeoutError(fmt::format(
      "{} {} within {} seconds", to_string(address), what, seconds_text(limit.limit())));
}

// Until the first byte of the challenge the listener may be busy with others, for as long as the
// caller likes.
void prove_key(detail::Channel& channel,
               const Address& address,
               const ClientOptions& options,
               const platform::Cancellation& cancellation) {
  if (!channel.poll(cancellation.limit(Deadline(options.timeout)))) {
    throw_late(address, "did not begin the handshake", options.timeout);
  }
  try {
    detail::authenticate_to_listener(channel,
                                     {.key = *options.authkey, .require_sha = options.require_sha},
                                     cancellation.limit(Deadline(options.handshake_timeout)));
  } catch (const OSError& error) {
    if (error.code() == std::errc::timed_out) {
      throw_late(address, "did not finish the handshake", options.handshake_timeout);
    }
    throw;
  }
}

}  // namespace

Connection Client(const Address& address, const ClientOptions& options) {
  detail::check_authkey(options.authkey);
  const Endpoint where = detail::endpoint_for(address, options.family);
  const platform::Cancellation cancellation(options.stop);
  try {
    auto socket = platform::connect_to(where, cancellation.limit(Deadline(options.timeout)));
    if (!socket) {
      throw_late(address, "did not accept the connection", options.timeout);
    }
    auto channel = detail::make_channel(std::move(*socket));
    if (options.authkey) {
      prove_key(*channel, address, options, cancellation);
    }
    return detail::ConnectionAccess::make_with_stranger(std::move(channel), to_string(address));
  } catch (const TimeoutError&) {
    detail::throw_if_stopped(cancellation.limit(Deadline()), "Client of " + to_string(address));
    throw;
  }
}

}  // namespace progeny::multiprocessing::connection
