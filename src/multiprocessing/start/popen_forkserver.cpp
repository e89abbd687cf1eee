// The start method `forkserver`, from the side of who asks.

#include "base/made_early.hpp"
#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "multiprocessing/start/forkserver.hpp"
#include "multiprocessing/start/served_child.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/memory/memory_file.hpp"
#include "platform/process/lifeline.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/forkserver.hpp>
#include <progeny/serial.hpp>

#include <fmt/format.h>

#include <atomic>
#include <cstring>
#include <mutex>
#include <utility>

namespace progeny::multiprocessing {

namespace detail {

namespace {

// How this process reaches the server. In a copy of this process it is the copy's way as well, but
// the server is not the copy's child.
struct Access {
  std::mutex mutex;  ///< Guards what follows.
  Handle request_end;
  std::shared_ptr<OwnChild> server;  ///< If this process has started it.
  std::vector<std::string> preload;
  PreloadError on_preload_error = PreloadError::ignore;
};

// Replaced in a copy, where the mutex may be locked for good.
std::atomic<Access*>& access_pointer() {
  static std::atomic<Access*> pointer{new Access};
  return pointer;
}

const progeny::detail::MadeEarly early(access_pointer);

Access& access() {
  return *access_pointer().load(std::memory_order_acquire);
}

void start_server(Access& way) {
  auto [ours, servers] = platform::make_message_sockets();
  ServerData data{.preload = way.preload,
                  .on_preload_error = static_cast<int>(way.on_preload_error),
                  .log = log_settings()};
  way.server =
      start_worker({.role = WorkerRole::forkserver, .server = std::move(data)}, {servers.get()});
  way.request_end = std::move(ours);
}

bool has_gone(const std::error_code& error) {
  return error == std::errc::broken_pipe || error == std::errc::connection_reset ||
         error == std::errc::not_connected || error == std::errc::connection_refused;
}

// A server that has died (nobody is left at the other end) is replaced by a new one, once: the
// request has reached nobody.
void ask(std::span<native_handle> handles) {
  Access& way = access();
  const std::lock_guard lock(way.mutex);
  const std::string_view word(reinterpret_cast<const char*>(&request_word), sizeof request_word);
  for (bool retried = false;; retried = true) {
    if (!way.request_end) {
      start_server(way);
    }
    handles[place_of_request_end] = way.request_end.get();
    const auto error = platform::send_message(way.request_end.get(), word, handles);
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

std::shared_ptr<Popen> await_birth(Handle answers) {
  auto notice = platform::receive_message(answers.get(), sizeof(BirthNotice));
  BirthNotice birth;
  if (!notice || notice->bytes.size() != sizeof birth) {
    throw EOFError(
        "the forkserver ended before it had started the process; it may have crashed, "
        "or a preload function failed");
  }
  std::memcpy(&birth, notice->bytes.data(), sizeof birth);
  if (birth.error != 0) {
    throw OSError({birth.error, std::generic_category()}, "fork", "the forkserver");
  }
  Handle process = notice->handles.empty() ? Handle() : std::move(notice->handles.front());
  return std::make_shared<ServedChild>(birth.pid, std::move(answers), std::move(process));
}

}  // namespace

namespace {

// Returns where the server answers.
Handle ask_for(const Departure& departure) {
  auto [answers, servers] = platform::make_message_sockets();
  const Handle file = platform::make_memory_file("progeny-start", serial::to_bytes(departure.data));
  std::vector<native_handle> handles{
      servers.get(), file.get(), platform::own_lifeline(), Handle::none()};
  const auto line = own_tracker_line();
  handles.insert(handles.end(), line.begin(), line.end());
  handles.insert(handles.end(), departure.handles.begin(), departure.handles.end());
  if (handles.size() > platform::most_handles_at_once()) {
    throw ValueError(fmt::format("too many fds: a forkserver child can be given {}, not {}",
                                 platform::most_handles_at_once() - own_handles_of_request,
                                 departure.handles.size()));
  }
  ask(handles);
  return std::move(answers);
}

}  // namespace

std::shared_ptr<Popen> popen_forkserver(Process& process,
                                        const std::shared_ptr<ProcessCore>& core) {
  Departure departure = prepare(process, *core, StartMethod::forkserver);
  return await_birth(send_off(departure, [&] { return ask_for(departure); }));
}

void take_over_forkserver(Handle request_end) {
  auto* const fresh = new Access;
  fresh->request_end = std::move(request_end);
  access_pointer().store(fresh, std::memory_order_release);
}

}  // namespace detail

void set_forkserver_preload(const std::vector<detail::Preload>& functions, PreloadError on_error) {
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

void ensure_forkserver_running() {
  auto& way = detail::access();
  const std::lock_guard lock(way.mutex);
  if (!way.request_end) {
    detail::start_server(way);
  }
}

}  // namespace progeny::multiprocessing
