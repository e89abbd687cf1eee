#pragma once

// The forkserver itself: a small process of one thread that makes copies of itself on request. Its
// protocol is in forkserver_protocol.hpp.

#include "multiprocessing/process/logging.hpp"
#include "multiprocessing/start/forkserver_protocol.hpp"

#include <progeny/base/handle.hpp>

#include <string>
#include <vector>

namespace progeny::multiprocessing::detail {

/// What a forkserver is told when it is started.
struct ServerData {
  std::vector<std::string> preload;  ///< Tokens of the functions to call first.
  int on_preload_error = 0;          ///< A `PreloadError`.
  LogSettings log;
};

/// What a copy of the server does. It does not return.
using BecomeChild = void (*)(StartRequest<Handle> request) noexcept;

/// The server's life. Requests come by `requests`.
[[noreturn]] void serve(const ServerData& data, Handle requests, BecomeChild become_child) noexcept;

}  // namespace progeny::multiprocessing::detail
