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
#include "multiprocessing/connection/partial_message.hpp"
#include "multiprocessing/connection/reception.hpp"
#include "platform/ipc/transport.hpp"

#include <progeny/base/handle.hpp>

#include <cstdint>
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

/// The listener's side, without ever waiting.
class ListenerHandshake : public Visit {
 public:
  /// Borrows `socket`, and sends the challenge. Throws OSError.
  ListenerHandshake(native_handle socket, Credentials credentials);

  /// Goes on as far as it can; returns whether the client has proved the key. Throws
  /// AuthenticationError if it cannot; EOFError or OSError if it goes away or sends longer messages
  /// than a handshake has.
  [[nodiscard]] bool advance() override;
  [[nodiscard]] bool is_silent() const noexcept override {
    return step_ == Step::answer && message_.is_empty();
  }

 private:
  // The message that is to come next.
  enum class Step : std::uint8_t { answer, challenge, welcome, none };

  void take_answer();
  void take_challenge();
  void take_welcome();
  void send(std::string_view text) const;

  native_handle socket_;
  platform::TransportKind kind_;
  Credentials credentials_;
  std::string challenge_ = new_challenge();
  PartialMessage message_;
  Step step_ = Step::answer;
};

/// The client's side: answers, then challenges. Throws as `ListenerHandshake::advance`, and OSError
/// `timed_out` at the deadline.
void authenticate_to_listener(Channel& channel,
                              const Credentials& credentials,
                              const Deadline& deadline);

}  // namespace progeny::multiprocessing::detail
