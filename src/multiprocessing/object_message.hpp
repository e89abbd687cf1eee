#pragma once

// How an encoded value crosses a connection: as one message whose first byte tells which way its
// handles go.

#include "multiprocessing/channel.hpp"

#include <progeny/multiprocessing/connection.hpp>
#include <progeny/serial/message.hpp>

namespace progeny::multiprocessing::detail {

/// Sends a value: handles go beside the bytes where the system can do that, and are left with
/// resource_sharer where they have to be fetched. Throws RuntimeError if neither reaches the peer,
/// ValueError for too many handles, otherwise as `Channel::send`.
void send_object(Channel& channel, const serial::Outgoing& message);

/// Receives a value. Throws RuntimeError if the message is no value, or if not all of its handles
/// came; OSError if they could not be opened here; otherwise as `Channel::receive`. The stream
/// stays in step, and no handle is left open.
[[nodiscard]] connection::Message receive_object(Channel& channel);

}  // namespace progeny::multiprocessing::detail
