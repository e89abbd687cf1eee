#pragma once

// How the owner of a shared handle gives it away, once both sides have proved the key
// (challenge.hpp):
//
//     receiver                                owner
//       | ------- HandleRequest: key (8) ----> |   takes the handle out: nobody else gets it
//       | <--- HandleAnswer: "1" + handle ---- |
//       |   or: HandleAnswer: empty message    |   there is no such handle

#include "base/deadline.hpp"
#include "multiprocessing/channel/channel.hpp"

#include <progeny/base/handle.hpp>

#include <cstdint>
#include <string_view>

namespace progeny::multiprocessing::detail {

/// What a receiver asks for.
struct HandleRequest {
  std::uint64_t key = 0;

  void send(Channel& channel, const Deadline& deadline) const;
  /// Of the bytes of a message. Throws RuntimeError if they are no request.
  [[nodiscard]] static HandleRequest from(std::string_view bytes);
};

/// What it gets.
struct HandleAnswer {
  Handle handle = {};  ///< None: there is no handle of that key.

  void send(Channel& channel, const Deadline& deadline) const;
  /// Throws OSError if this process cannot open the handle.
  [[nodiscard]] static HandleAnswer receive(Channel& channel, const Deadline& deadline);
};

}  // namespace progeny::multiprocessing::detail
