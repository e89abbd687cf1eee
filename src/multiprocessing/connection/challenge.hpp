#pragma once

// Two sides prove to each other that they know a key, without sending it. The bytes are Python's
// (multiprocessing/connection.py, deliver_challenge and answer_challenge):
//
//     listener                                           client
//       | -- #CHALLENGE#{sha256} + 40 random bytes -------> |
//       | <- {sha256} + HMAC of {sha256} and those bytes -- |
//       | -- #WELCOME# or #FAILURE# ----------------------> |
//     then the same in the other direction
//
// Up to Python 3.11 a challenge has 20 bytes and no name in braces, and the answer is the HMAC-MD5
// alone. Both forms are understood.

#include "base/deadline.hpp"
#include "multiprocessing/channel/channel.hpp"

#include <string>
#include <string_view>

namespace progeny::multiprocessing::detail {

/// What one side has for the handshake.
struct Credentials {
  std::string key;
  /// Neither accept nor give a proof by MD5. Excludes Python up to 3.11.
  bool require_sha = false;
};

/// A new challenge, without the mark #CHALLENGE#.
[[nodiscard]] std::string new_challenge();

/// The answer to a challenge. Throws AuthenticationError if the challenge names a digest that is
/// unknown, or that the credentials forbid.
[[nodiscard]] std::string answer_to(std::string_view challenge, const Credentials& credentials);

/// Throws AuthenticationError unless `answer` proves the key. The time it takes does not tell how
/// much of the answer is right.
void verify(std::string_view challenge, std::string_view answer, const Credentials& credentials);

/// The listener's side: challenges, then answers. Throws AuthenticationError if the peer does not
/// prove the key, or not before the deadline; EOFError or OSError if the peer goes away or sends
/// longer messages than a handshake has.
void authenticate_client(Channel& channel,
                         const Credentials& credentials,
                         const Deadline& deadline);

/// The client's side: answers, then challenges. Throws as `authenticate_client`.
void authenticate_to_listener(Channel& channel,
                              const Credentials& credentials,
                              const Deadline& deadline);

}  // namespace progeny::multiprocessing::detail
