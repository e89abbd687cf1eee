#include "multiprocessing/connection/challenge.hpp"

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/connection/partial_message.hpp"
#include "platform/ipc/transport.hpp"
#include "platform/system/hmac.hpp"
#include "platform/system/random.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

using platform::Digest;

constexpr std::string_view challenge_mark = "#CHALLENGE#";
constexpr std::string_view welcome = "#WELCOME#";
constexpr std::string_view failure = "#FAILURE#";

constexpr std::size_t longest_message = 256;
constexpr std::size_t random_size = 40;
// Up to Python 3.11 a challenge has this length and no name of a digest; it means MD5.
constexpr std::size_t legacy_challenge = 20;
constexpr std::size_t md5_size = 16;
constexpr std::size_t longest_name = 8;

struct NamedDigest {
  std::string_view name;
  Digest digest;
  std::size_t size;
};

// The digests that Python allows.
constexpr std::array digests{
    NamedDigest{.name = "md5", .digest = Digest::md5, .size = md5_size},
    NamedDigest{.name = "sha256", .digest = Digest::sha256, .size = 32},
    NamedDigest{.name = "sha384", .digest = Digest::sha384, .size = 48},
    NamedDigest{.name = "sha3_256", .digest = Digest::sha3_256, .size = 32},
    NamedDigest{.name = "sha3_384", .digest = Digest::sha3_384, .size = 48}};

const NamedDigest& md5() noexcept {
  return digests.front();
}

// The digest whose name in braces begins `text`.
std::optional<NamedDigest> digest_named_in(std::string_view text) {
  const std::size_t end = text.substr(0, longest_name + 2).find('}');
  if (!text.starts_with('{') || end == std::string_view::npos) {
    return std::nullopt;
  }
  const auto* const found = std::ranges::find(digests, text.substr(1, end - 1), &NamedDigest::name);
  return found == digests.end() ? std::nullopt : std::optional(*found);
}

std::string braced(std::string_view name) {
  return fmt::format("{{{}}}", name);
}

void check_allowed(const NamedDigest& digest, const Credentials& credentials) {
  if (credentials.require_sha && digest.digest == Digest::md5) {
    throw AuthenticationError("the other side wants MD5, as Python up to 3.11 does: not allowed");
  }
}

[[noreturn]] void throw_unsupported(const char* what) {
  throw AuthenticationError(
      fmt::format("unsupported {}: no name of a digest, or of one that is not allowed", what));
}

// The answer to a challenge: the digest's name in braces and the HMAC, or the HMAC-MD5 alone.
struct Answer {
  NamedDigest digest = md5();
  std::string mac;
  bool is_legacy = false;

  [[nodiscard]] std::string pack() const { return is_legacy ? mac : braced(digest.name) + mac; }

  static Answer unpack(std::string_view text) {
    if (text.size() == md5_size) {
      return {.mac = std::string(text), .is_legacy = true};
    }
    const auto digest = digest_named_in(text);
    if (!digest) {
      throw_unsupported("answer");
    }
    return {.digest = *digest, .mac = std::string(text.substr(braced(digest->name).size()))};
  }
};

void send_text(Channel& channel, std::string_view text, const Deadline& deadline) {
  channel.send({.body = text}, deadline);
}

void deliver_challenge(Channel& channel, const Credentials& credentials, const Deadline& deadline) {
  const std::string challenge = new_challenge();
  send_text(channel, std::string(challenge_mark) + challenge, deadline);
  const std::string answer = channel.receive(longest_message, deadline, nullptr);
  try {
    verify(challenge, answer, credentials);
  } catch (const AuthenticationError&) {
    send_text(channel, failure, deadline);
    throw;
  }
  send_text(channel, welcome, deadline);
}

// The challenge without its mark.
std::string_view challenge_in(std::string_view message) {
  if (!message.starts_with(challenge_mark)) {
    throw AuthenticationError(
        "the other side sent something else than a challenge: it may not ask for a key");
  }
  return message.substr(challenge_mark.size());
}

void check_welcome(std::string_view message) {
  if (message != welcome) {
    throw AuthenticationError("digest sent was rejected: the keys differ");
  }
}

void answer_challenge(Channel& channel, const Credentials& credentials, const Deadline& deadline) {
  const std::string message = channel.receive(longest_message, deadline, nullptr);
  send_text(channel, answer_to(challenge_in(message), credentials), deadline);
  check_welcome(channel.receive(longest_message, deadline, nullptr));
}

}  // namespace

std::string new_challenge() {
  return braced("sha256") + platform::random_bytes(random_size);
}

// The HMAC covers the name in front of the challenge, too. A challenge without a name is known by
// its length.
std::string answer_to(std::string_view challenge, const Credentials& credentials) {
  if (challenge.size() < legacy_challenge) {
    throw AuthenticationError(fmt::format("challenge too short: {} bytes", challenge.size()));
  }
  if (challenge.size() == legacy_challenge) {
    check_allowed(md5(), credentials);
    return Answer{.digest = md5(),
                  .mac = platform::hmac(Digest::md5, credentials.key, challenge),
                  .is_legacy = true}
        .pack();
  }
  const auto digest = digest_named_in(challenge);
  if (!digest) {
    throw_unsupported("challenge");
  }
  check_allowed(*digest, credentials);
  return Answer{.digest = *digest,
                .mac = platform::hmac(digest->digest, credentials.key, challenge)}
      .pack();
}

void verify(std::string_view challenge, std::string_view answer, const Credentials& credentials) {
  const auto [digest, mac, is_legacy] = Answer::unpack(answer);
  check_allowed(digest, credentials);
  if (mac.size() != digest.size) {
    throw AuthenticationError(
        fmt::format("expected '{}' of length {} got {}", digest.name, digest.size, mac.size()));
  }
  const std::string expected = platform::hmac(digest.digest, credentials.key, challenge);
  if (!platform::equal_in_constant_time(mac, expected)) {
    throw AuthenticationError("digest received was wrong: the keys differ");
  }
}

ListenerHandshake::ListenerHandshake(native_handle socket, Credentials credentials)
    : socket_(socket),
      kind_(platform::transport_kind(socket)),
      credentials_(std::move(credentials)) {
  send(std::string(challenge_mark) + challenge_);
}

void ListenerHandshake::send(std::string_view text) const {
  send_at_once(socket_, kind_, text);
}

bool ListenerHandshake::advance() {
  while (step_ != Step::none) {
    if (!message_.take_from(socket_, kind_)) {
      return false;
    }
    switch (step_) {
      case Step::answer:
        take_answer();
        break;
      case Step::challenge:
        take_challenge();
        break;
      case Step::welcome:
        take_welcome();
        break;
      case Step::none:
        break;
    }
  }
  return true;
}

void ListenerHandshake::take_answer() {
  try {
    verify(challenge_, message_.take(), credentials_);
  } catch (const AuthenticationError&) {
    send(failure);
    throw;
  }
  send(welcome);
  step_ = Step::challenge;
}

void ListenerHandshake::take_challenge() {
  send(answer_to(challenge_in(message_.take()), credentials_));
  step_ = Step::welcome;
}

void ListenerHandshake::take_welcome() {
  check_welcome(message_.take());
  step_ = Step::none;
}

void authenticate_to_listener(Channel& channel,
                              const Credentials& credentials,
                              const Deadline& deadline) {
  answer_challenge(channel, credentials, deadline);
  deliver_challenge(channel, credentials, deadline);
}

}  // namespace progeny::multiprocessing::detail
