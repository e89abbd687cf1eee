// The start method `forkserver`: the child is a forked copy of the forkserver.

#include "multiprocessing/process/popen.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/start/child_handles.hpp"
#include "multiprocessing/start/forkserver.hpp"
#include "multiprocessing/start/forkserver_protocol.hpp"
#include "multiprocessing/start/served_child.hpp"
#include "multiprocessing/start/start_data.hpp"
#include "multiprocessing/start/start_method.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/memory/memory_file.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/serial.hpp>

#include <fmt/core.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// Each try but the first starts a server, unless another process has killed the child before it
// could say that it runs.
constexpr int most_tries = 3;

// Unique among the children of all processes that a server knows at the same time.
ChildLabel next_label() {
  static std::atomic<std::uint32_t> count{0};  // Only its values matter: relaxed.
  constexpr unsigned bits_of_count = 32;
  return (static_cast<ChildLabel>(platform::current_pid()) << bits_of_count) |
         count.fetch_add(1, std::memory_order_relaxed);
}

// Null: nothing has run, and the server may be asked again.
std::shared_ptr<Popen> try_to_start(const PreparedChild& prepared, native_handle file) {
  auto [answers, servers] = platform::make_message_sockets();
  ServerChild child{.line = {}, .label = next_label()};
  child.line = ask_forkserver({.answers = servers.get(),
                               .data = file,
                               .child = handles_for_child(prepared.handles),
                               .label = child.label});
  servers.reset();  // Else the end of the server would not be seen.
  auto received = receive_notice(answers.get());
  if (!received) {
    if (should_ask_again(child.line)) {
      return nullptr;
    }
    throw EOFError("the forkserver ended by itself; a preload function failed, or has ended it");
  }
  if (received->notice.error != 0) {
    throw OSError({received->notice.error, std::generic_category()}, "fork", "the forkserver");
  }
  child.pid = received->notice.pid;
  return std::make_shared<ServedChild>(
      std::move(child), std::move(answers), std::move(received->process));
}

std::shared_ptr<Popen> start_by_server(const PreparedChild& prepared) {
  if (prepared.handles.size() > most_argument_handles()) {
    throw ValueError(fmt::format("too many fds: a forkserver child can be given {}, not {}",
                                 most_argument_handles(),
                                 prepared.handles.size()));
  }
  const Handle file = platform::make_memory_file("progeny-start", serial::to_bytes(prepared.data));
  for (int tries = 0; tries < most_tries; ++tries) {
    if (auto popen = try_to_start(prepared, file.get())) {
      return popen;
    }
  }
  throw EOFError(
      fmt::format("the forkserver did not start the process: {} times it was killed or crashed, or "
                  "had no descriptor left",
                  most_tries));
}

}  // namespace

StartedChild popen_forkserver(Process& process, const std::shared_ptr<ProcessCore>& core) {
  PreparedChild prepared = prepare(process, *core, StartMethod::forkserver);
  return hand_over(prepared, [&] { return start_by_server(prepared); });
}

}  // namespace progeny::multiprocessing::detail
