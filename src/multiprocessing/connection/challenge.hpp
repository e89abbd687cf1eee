#pragma once

// Proving to each other the knowledge of a key, as Python does: both the form up to Python 3.11
// (MD5) and the one since 3.12, in which the digest has a name.

#include "multiprocessing/channel/channel.hpp"

#include <string>
#include <string_view>

namespace progeny::multiprocessing::detail {

/// What a side brings to the handshake.
struct Credentials {
  std::string key;
  /// Neither accept nor give a proof by MD5. Shuts out Python up to 3.11.
  bool require_sha = false;
};

/// A new challenge: what comes behind the mark.
[[nodiscard]] std::string new_challenge();

/// The answer to a challenge. Throws AuthenticationError if it asks for a digest that there is not,
/// or that the credentials forbid.
[[nodiscard]] std::string answer_to(std::string_view challenge, const Credentials& credentials);

/// Throws AuthenticationError unless `answer` proves the key. Takes no longer for a nearly right
/// one than for any other.
void verify(std::string_view challenge, std::string_view answer, const Credentials& credentials);

/// The listener's side: challenges, then answers. Throws AuthenticationError if the other side does
/// not prove the key, and at the deadline; EOFError or OSError if it goes away or sends more than
/// belongs to a handshake.
void authenticate_client(Channel& channel,
                         const Credentials& credentials,
                         const Deadline& deadline);

/// The client's side: answers, then challenges. Throws the same.
void authenticate_to_listener(Channel& channel,
                              const Credentials& credentials,
                              const Deadline& deadline);

}  // namespace progeny::multiprocessing::detail
