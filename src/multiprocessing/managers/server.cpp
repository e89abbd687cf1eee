#include <progeny/multiprocessing/managers/server.hpp>

#include "multiprocessing/managers/server_core.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/wait.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

namespace progeny::multiprocessing::managers {

namespace detail {

namespace {

connection::Listener listen(const std::optional<connection::Address>& address,
                            const std::string& authkey) {
  const connection::ListenerOptions options{.authkey = authkey};
  return address ? connection::Listener(*address, options) : connection::Listener(options);
}

}  // namespace

ServerCore::ServerCore(Registry registry,
                       const std::optional<connection::Address>& address,
                       const std::string& authkey)
    : registry_(std::move(registry)), listener_(listen(address, authkey)) {}

ServerCore::~ServerCore() {
  stop();
  std::unique_lock lock(mutex_);
  all_ended_.wait(lock, [this] { return threads_ == 0; });
}

void ServerCore::serve() {
  while (!stop_.stop_requested()) {
    accept_one();
  }
  listener_.close();
  std::unique_lock lock(mutex_);
  all_ended_.wait(lock, [this] { return threads_ == 0; });
}

void ServerCore::accept_one() {
  try {
    begin_session(listener_.accept({}, stop_.get_token()));
  } catch (const CancelledError&) {  // The loop sees the stop.
  } catch (const AuthenticationError&) {
  } catch (const EOFError&) {
  } catch (const std::system_error&) {
    // The client has gone, or this process has no descriptor or thread left. Then others have to
    // leave first.
    try {
      static_cast<void>(connection::wait(std::span<const connection::Waitable>(),
                                         std::chrono::milliseconds(10),
                                         stop_.get_token()));
    } catch (const CancelledError&) {  // NOLINT(bugprone-empty-catch): as above.
    }
  }
}

void ServerCore::begin_session(connection::Connection connection) {
  {
    const std::scoped_lock lock(mutex_);
    ++threads_;
  }
  try {
    std::thread([this, connection = std::move(connection)]() mutable {
      serve_client(std::move(connection));
      const std::scoped_lock lock(mutex_);
      --threads_;
      all_ended_.notify_all();
    }).detach();
  } catch (...) {
    const std::scoped_lock lock(mutex_);
    --threads_;
    throw;
  }
}

}  // namespace detail

Server::Server(Registry registry,
               const std::optional<connection::Address>& address,
               std::string authkey)
    : core_(std::make_unique<detail::ServerCore>(std::move(registry), address, authkey)) {}

Server::Server(Server&& other) noexcept = default;
Server& Server::operator=(Server&& other) noexcept = default;
Server::~Server() = default;

const connection::Address& Server::address() const {
  if (core_ == nullptr) {
    throw UsageError("the server was moved away");
  }
  return core_->address();
}

void Server::serve_forever() {
  if (core_ == nullptr) {
    throw UsageError("the server was moved away");
  }
  core_->serve();
}

void Server::stop() noexcept {
  if (core_ != nullptr) {
    core_->stop();
  }
}

}  // namespace progeny::multiprocessing::managers
