#pragma once

// The forkserver as its clients see it. The server itself is forkserver_server.cpp.

#include "multiprocessing/start/forkserver_protocol.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>

namespace progeny::multiprocessing::detail {

/// Sends a request, whose `request_end` this sets. Starts a server if there is none or if it has
/// died. Throws OSError.
void ask_forkserver(StartRequest<native_handle> request);

/// In a child of the server: its own requests go to the same server, by `request_end`.
void take_over_forkserver(Handle request_end);

}  // namespace progeny::multiprocessing::detail
