#pragma once

// What a receiver allows a message to cost.

#include <cstddef>
#include <optional>
#include <stop_token>

namespace progeny::multiprocessing::connection {

/// Keyword arguments of `Connection::recv`. Python has none.
struct RecvOptions {
  /// The most bytes of memory that the value may take apart from the object that `recv` returns:
  /// elements of containers, text, objects behind pointers, and what allocating each of them costs.
  /// A message can announce far more than its own length. Checked before the memory is taken.
  /// Default: none on the ends of a `Pipe`. For connections that a Listener or a Client has made,
  /// and all through a network: 64 MiB and 16 bytes for each byte of the message.
  std::optional<std::size_t> max_memory = {};
  /// The longest message in bytes, after which nothing can be received: see `recv_bytes`.
  /// Default: any.
  std::optional<std::size_t> maxlength = {};
  /// Ends the wait when a stop is requested.
  std::stop_token stop = {};
};

}  // namespace progeny::multiprocessing::connection
