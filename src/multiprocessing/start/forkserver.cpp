#include "multiprocessing/start/forkserver.hpp"

#include "base/made_early.hpp"
#include "multiprocessing/process/logging.hpp"
#include "multiprocessing/process/popen.hpp"
#include "multiprocessing/start/forkserver_protocol.hpp"
#include "multiprocessing/start/forkserver_server.hpp"
#include "multiprocessing/start/spawn.hpp"
#include "platform/ipc/message_socket.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/forkserver.hpp>
#include <progeny/serial/function.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

namespace detail {

namespace {

// How this process reaches the server. A forked copy of this process reaches it in the same way,
// though the server is not the copy's child.
struct Access {
  std::mutex mutex;  ///< Guards what follows.
  Handle request_end;
  std::shared_ptr<OwnChild> server;  ///< If this process has started it.
  std::vector<std::string> preload;
  PreloadError on_preload_error = PreloadError::ignore;
};

// Not a PerProcess: the holder of the mutex locks others that are held across forks, to start the
// server. A child of the server replaces it, where another thread may have held the mutex at the
// fork. The load in `access` acquires what the store in `take_over_forkserver` released.
std::atomic<Access*>& access_pointer() {
  static std::atomic<Access*> pointer{new Access};
  return pointer;
}

const progeny::detail::MadeEarly early(access_pointer);

Access& access() {
  return *access_pointer().load(std::memory_order_acquire);
}

// With the mutex held.
void start_server(Access& way) {
  auto [ours, servers] = platform::make_message_sockets();
  ServerData data{.preload = way.preload,
                  .on_preload_error = static_cast<int>(way.on_preload_error),
                  .log = log_settings()};
  way.server = start_worker(std::move(data), {servers.get()});
  way.request_end = std::move(ours);
}

// What a socket reports whose other end is closed (unix(7), sendmsg(2)).
bool has_gone(const std::error_code& error) {
  return error == std::errc::broken_pipe || error == std::errc::connection_reset ||
         error == std::errc::not_connected || error == std::errc::connection_refused;
}

}  // namespace

// A server that has died is replaced once. Asking again is safe: the first request was not read.
void ask_forkserver(StartRequest<native_handle> request) {
  Access& way = access();
  const std::lock_guard lock(way.mutex);
  for (bool retried = false;; retried = true) {
    if (!way.request_end) {
      start_server(way);
    }
    request.request_end = way.request_end.get();
    const auto error = send_request(way.request_end.get(), request);
    if (!error) {
      return;
    }
    if (!has_gone(error) || retried) {
      throw OSError(error, "sendmsg", "the forkserver");
    }
    way.request_end.reset();
    way.server.reset();
  }
}

void take_over_forkserver(Handle request_end) {
  auto fresh = std::make_unique<Access>();
  fresh->request_end = std::move(request_end);
  access_pointer().store(fresh.release(), std::memory_order_release);
}

}  // namespace detail

Preload::Preload(void (*function)())
    : token_(serial::to_bytes(serial::token_of(detail::plain_function(function)))) {}

// The type is part of the token, so that a function of another type is not found under this name.
Preload::Preload(const char* name) {
  constexpr void (*of_this_type)() = nullptr;
  serial::FunctionToken token;
  token.name = name;
  token.type_hash = detail::plain_function(of_this_type).descriptor->type_hash;
  token_ = serial::to_bytes(token);
}

void set_forkserver_preload(const std::vector<Preload>& functions, PreloadError on_error) {
  std::vector<std::string> tokens;
  tokens.reserve(functions.size());
  for (const auto& function : functions) {
    tokens.push_back(function.token());
  }
  auto& way = detail::access();
  const std::lock_guard lock(way.mutex);
  way.preload = std::move(tokens);
  way.on_preload_error = on_error;
}

void forkserver::ensure_running() {
  auto& way = detail::access();
  const std::lock_guard lock(way.mutex);
  if (!way.request_end) {
    detail::start_server(way);
  }
}

}  // namespace progeny::multiprocessing
