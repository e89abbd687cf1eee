#include "multiprocessing/start/forkserver.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/process/logging.hpp"
#include "multiprocessing/process/popen.hpp"
#include "multiprocessing/start/forkserver_protocol.hpp"
#include "multiprocessing/start/forkserver_server.hpp"
#include "multiprocessing/start/spawn.hpp"
#include "platform/ipc/hang_up.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/process/fork_lock.hpp"
#include "platform/process/per_process.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/forkserver.hpp>
#include <progeny/serial/function.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

namespace detail {

namespace {

// A server that is asked to signal a child answers in microseconds, unless it was stopped.
constexpr std::chrono::seconds longest_signal{10};
// The server closes its sockets a moment before it can be reaped.
constexpr std::chrono::seconds longest_end{5};

// How this process reaches the server. A forked copy of this process reaches it in the same way,
// though the server is not the copy's child.
struct Access {
  std::mutex mutex;  ///< Guards what follows.
  std::shared_ptr<const ServerLine> line;
  std::vector<std::string> preload;
  PreloadError on_preload_error = PreloadError::ignore;
};

Access& access() {
  return platform::PerProcess<Access>::get();
}

// Held while a server is started, so that no two threads start one. No other lock is held then: a
// launch may fork, and a fork takes all of them.
platform::ForkLock& turn_to_start() {
  static auto* const lock = new platform::ForkLock;  // Never destroyed.
  return *lock;
}

std::shared_ptr<const ServerLine> known_line() {
  Access& way = access();
  const std::lock_guard lock(way.mutex);
  return way.line;
}

// The socket is hung up before the server can be reaped, and stays so.
bool has_ended(const ServerLine& line) {
  return platform::is_hung_up(line.request_end.get());
}

// A line that has been replaced already stays as it is.
void forget(const std::shared_ptr<const ServerLine>& line) {
  std::shared_ptr<const ServerLine> dropped;  // Destroyed without the mutex.
  Access& way = access();
  const std::lock_guard lock(way.mutex);
  if (way.line == line) {
    dropped = std::move(way.line);
  }
}

ServerData data_for_server() {
  Access& way = access();
  const std::lock_guard lock(way.mutex);
  return {.preload = way.preload,
          .on_preload_error = static_cast<int>(way.on_preload_error),
          .log = {}};
}

std::shared_ptr<const ServerLine> start_server() {
  auto [ours, servers] = platform::make_message_sockets();
  ServerData data = data_for_server();
  data.log = log_settings();
  auto line = std::make_shared<ServerLine>(std::move(ours));
  line->server = start_worker(std::move(data), {servers.get()});
  Access& way = access();
  const std::lock_guard lock(way.mutex);
  way.line = line;
  return line;
}

std::shared_ptr<const ServerLine> running_server() {
  if (auto line = known_line()) {
    return line;
  }
  const std::lock_guard turn(turn_to_start());
  auto line = known_line();
  return line ? line : start_server();
}

// What a socket reports whose other end is closed (unix(7), sendmsg(2)).
bool has_gone(const std::error_code& error) {
  return error == std::errc::broken_pipe || error == std::errc::connection_reset ||
         error == std::errc::not_connected || error == std::errc::connection_refused;
}

}  // namespace

// A server that has died is replaced once. Asking again is safe: the first request was not read.
std::shared_ptr<const ServerLine> ask_forkserver(StartRequest<native_handle> request) {
  for (bool retried = false;; retried = true) {
    auto line = running_server();
    request.request_end = line->request_end.get();
    const auto error = send_request(line->request_end.get(), request);
    if (!error) {
      return line;
    }
    if (!has_gone(error) || retried) {
      throw OSError(error, "sendmsg", "the forkserver");
    }
    forget(line);
  }
}

bool should_ask_again(const std::shared_ptr<const ServerLine>& line) {
  if (!has_ended(*line)) {
    return true;
  }
  forget(line);
  if (!line->server) {
    return true;
  }
  static_cast<void>(line->server->wait(progeny::detail::Deadline(longest_end)));
  const auto status = line->server->poll();
  return !status || status->lost || status->returncode < 0;
}

std::error_code signal_by_server(const ServerChild& child, int signal) noexcept {
  try {
    auto [ours, servers] = platform::make_message_sockets();
    const auto error = send_request(
        child.line->request_end.get(),
        SignalRequest<native_handle>{
            .answer = servers.get(), .label = child.label, .pid = child.pid, .signal = signal});
    servers.reset();
    if (error) {
      return has_gone(error) ? std::make_error_code(std::errc::no_child_process) : error;
    }
    return receive_signal_result(ours.get(), progeny::detail::Deadline(longest_signal));
  } catch (const OSError& error) {
    return error.code();
  }
}

void take_over_forkserver(Handle request_end) {
  auto fresh = std::make_unique<Access>();
  fresh->line = std::make_shared<ServerLine>(std::move(request_end));
  platform::PerProcess<Access>::replace(std::move(fresh));
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
  auto line = detail::known_line();
  if (line && detail::has_ended(*line)) {
    detail::forget(line);
  }
  static_cast<void>(detail::running_server());
}

}  // namespace progeny::multiprocessing
