// Random bytes from a peer, as a stream and in packets. They arrive in place of messages, of
// values, and of the peer's part of the handshake.

#include "multiprocessing/channel/make_channel.hpp"
#include "multiprocessing/connection/challenge.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>

namespace {

namespace mp = progeny::multiprocessing;
using progeny::Handle;

struct Ends {
  Handle ours;
  Handle theirs;
};

/// A pair of sockets. `theirs` has sent `bytes`, in pieces of 4 KiB, one call each.
Ends with_bytes(int type, std::string_view bytes) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    __builtin_trap();
  }
  Ends pair{.ours = Handle(ends[0]), .theirs = Handle(ends[1])};
  constexpr std::size_t piece = 4096;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    static_cast<void>(
        ::send(pair.theirs.get(), bytes.data(), std::min(piece, bytes.size()), MSG_DONTWAIT));
  }
  ::shutdown(pair.theirs.get(), SHUT_WR);
  return pair;
}

void receive_all(mp::Connection& connection) {
  for (;;) {
    static_cast<void>(connection.recv_bytes(1000));
  }
}

void receive_values(mp::Connection& connection) {
  using Value = std::map<std::string, std::optional<std::vector<double>>>;
  for (;;) {
    try {
      static_cast<void>(connection.recv<Value>());
    } catch (const progeny::serial::DecodeError&) {
      continue;  // The next message can be received.
    }
  }
}

// Into memory that stays, where there is no decoder in between.
void receive_flat_values(mp::Connection& connection) {
  std::string text;
  std::vector<double> numbers;
  for (bool is_text = true;; is_text = !is_text) {
    try {
      is_text ? connection.recv_into(text) : connection.recv_into(numbers);
    } catch (const progeny::serial::DecodeError&) {
      continue;
    }
  }
}

void authenticate(Handle handle, bool as_listener) {
  const auto channel = mp::detail::make_channel(std::move(handle));
  const progeny::detail::Deadline deadline(std::chrono::seconds(10));
  if (as_listener) {
    mp::detail::authenticate_client(*channel, {.key = "key"}, deadline);
  } else {
    mp::detail::authenticate_to_listener(*channel, {.key = "key"}, deadline);
  }
}

void use(std::uint8_t way, std::string_view bytes) {
  Ends ends = with_bytes((way & 1) == 0 ? SOCK_STREAM : SOCK_SEQPACKET, bytes);
  if ((way & 2) != 0) {
    authenticate(std::move(ends.ours), (way & 4) != 0);
    return;
  }
  mp::Connection connection(std::move(ends.ours));
  if ((way & 8) != 0) {
    receive_flat_values(connection);
  } else if ((way & 4) != 0) {
    receive_values(connection);
  } else {
    receive_all(connection);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  try {
    use(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  } catch (const progeny::EOFError&) {
    return 0;
  } catch (const progeny::OSError&) {
    return 0;
  } catch (const progeny::RuntimeError&) {
    return 0;  // A value that is none of ours.
  } catch (const mp::AuthenticationError&) {
    return 0;
  }
  return 0;
}
