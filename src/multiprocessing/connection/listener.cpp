#include <progeny/multiprocessing/connection/listener.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/channel/make_channel.hpp"
#include "multiprocessing/connection/challenge.hpp"
#include "multiprocessing/connection/endpoint.hpp"
#include "platform/host/private_folder.hpp"
#include "platform/ipc/socket.hpp"
#include "platform/process/fork.hpp"

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
#include <string>
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
    const Endpoint where = detail::endpoint_for(wanted, options.family);
    socket = platform::listen_at(where, options.backlog);
    if (has_file(where)) {
      file = OwnedPath(where.path);
    }
    address = detail::address_of(platform::endpoint_of(socket.get()));
  }

  ListenerOptions options;
  // Destroyed from the bottom: the file goes before its folder.
  OwnedPath folder;
  OwnedPath file;
  Handle socket;
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

Listener::State& Listener::state() const {
  if (!state_) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "listener is closed");
  }
  return *state_;
}

Connection Listener::accept(const Timeout& timeout) {
  State& listener = state();
  const native_handle socket = fileno();
  const Deadline deadline(timeout);
  auto accepted = platform::accept_from(socket, deadline);
  if (!accepted) {
    throw TimeoutError(fmt::format("no client came to {} within {} seconds",
                                   to_string(listener.address),
                                   seconds_text(timeout.limit())));
  }
  {
    const std::lock_guard lock(listener.mutex);
    listener.last_accepted = detail::address_of(accepted->peer);
  }
  const ListenerOptions& options = listener.options;
  if (options.authkey) {
    auto channel = detail::make_channel(std::move(accepted->socket));
    detail::authenticate_client(*channel,
                                {.key = *options.authkey, .require_sha = options.require_sha},
                                deadline.capped(options.handshake_timeout));
    return detail::ConnectionAccess::make(std::move(channel));
  }
  return Connection(std::move(accepted->socket));
}

void Listener::close() noexcept {
  if (state_) {
    state_->file.remove();
    state_->folder.remove();
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
  const State& listener = state();
  if (!listener.socket) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "listener is closed");
  }
  return listener.socket.get();
}

Connection Client(const Address& address, const ClientOptions& options) {
  detail::check_authkey(options.authkey);
  const Endpoint where = detail::endpoint_for(address, options.family);
  auto socket = platform::connect_to(where, Deadline(options.timeout));
  if (!socket) {
    throw TimeoutError(fmt::format("{} did not accept the connection within {} seconds",
                                   to_string(address),
                                   seconds_text(options.timeout.limit())));
  }
  if (!options.authkey) {
    return Connection(std::move(*socket));
  }
  auto channel = detail::make_channel(std::move(*socket));
  detail::authenticate_to_listener(*channel,
                                   {.key = *options.authkey, .require_sha = options.require_sha},
                                   Deadline(options.handshake_timeout));
  return detail::ConnectionAccess::make(std::move(channel));
}

}  // namespace progeny::multiprocessing::connection
