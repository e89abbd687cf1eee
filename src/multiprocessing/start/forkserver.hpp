#pragma once

// The forkserver as its clients see it. The server itself is forkserver_server.cpp.

#include "multiprocessing/process/popen.hpp"
#include "multiprocessing/start/forkserver_protocol.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>

#include <memory>
#include <system_error>

namespace progeny::multiprocessing::detail {

/// A way to a server. All children that it has made refer to it, so that their signals go to the
/// server that is their parent, even after another one has replaced it.
struct ServerLine {
  Handle request_end;
  std::shared_ptr<OwnChild> server = {};  ///< Null if another process has started it.
};

/// A child as its server knows it.
struct ServerChild {
  std::shared_ptr<const ServerLine> line;
  ChildLabel label = 0;
  int pid = 0;
};

/// Sends a request, whose `request_end` this sets. Starts a server if there is none or if it has
/// died. Returns the line by which the request went. Throws OSError.
std::shared_ptr<const ServerLine> ask_forkserver(StartRequest<native_handle> request);

/// Says that a server has not answered a request. Returns whether to ask again: not if the server
/// has ended by itself, as another one would, too. Forgets a server that has ended.
[[nodiscard]] bool should_ask_again(const std::shared_ptr<const ServerLine>& line);

/// Has the server of a child send it a signal. No error if the child has ended.
[[nodiscard]] std::error_code signal_by_server(const ServerChild& child, int signal) noexcept;

/// In a child of the server: its own requests go to the same server, by `request_end`.
void take_over_forkserver(Handle request_end);

}  // namespace progeny::multiprocessing::detail
