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

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/serial.hpp>

#include <fmt/core.h>

#include <memory>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// Returns the socket for the answers.
Handle request_child(const PreparedChild& prepared) {
  if (prepared.handles.size() > most_argument_handles()) {
    throw ValueError(fmt::format("too many fds: a forkserver child can be given {}, not {}",
                                 most_argument_handles(),
                                 prepared.handles.size()));
  }
  auto [answers, servers] = platform::make_message_sockets();
  const Handle file = platform::make_memory_file("progeny-start", serial::to_bytes(prepared.data));
  ask_forkserver(
      {.answers = servers.get(), .data = file.get(), .child = handles_for_child(prepared.handles)});
  return std::move(answers);
}

std::shared_ptr<Popen> await_child(Handle answers) {
  auto received = receive_notice(answers.get());
  if (!received) {
    throw EOFError(
        "the forkserver ended before it had started the process; it may have crashed, "
        "or a preload function failed");
  }
  const StartNotice& notice = received->notice;
  if (notice.error != 0) {
    throw OSError({notice.error, std::generic_category()}, "fork", "the forkserver");
  }
  return std::make_shared<ServedChild>(
      notice.pid, std::move(answers), std::move(received->process));
}

}  // namespace

std::shared_ptr<Popen> popen_forkserver(Process& process,
                                        const std::shared_ptr<ProcessCore>& core) {
  PreparedChild prepared = prepare(process, *core, StartMethod::forkserver);
  return await_child(hand_over(prepared, [&] { return request_child(prepared); }));
}

}  // namespace progeny::multiprocessing::detail
