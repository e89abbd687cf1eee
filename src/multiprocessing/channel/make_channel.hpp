#pragma once

// Which channel goes with what.

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/directions.hpp"

#include <progeny/base/handle.hpp>

#include <memory>

namespace progeny::serial {

class Reader;

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

/// The channel over a pipe or a socket, which it owns: packets if the socket has them, else a
/// stream.
[[nodiscard]] std::unique_ptr<Channel> make_channel(Handle handle,
                                                    const Directions& directions = {});

/// The channel that `Channel::save` has written in another process. Throws DecodeError if the bytes
/// are not such a channel.
[[nodiscard]] std::unique_ptr<Channel> load_channel(serial::Reader& reader);

}  // namespace progeny::multiprocessing::detail
