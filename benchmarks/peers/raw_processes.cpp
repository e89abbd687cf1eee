// The limits for processes and what they say to each other: fork(2) and _exit(2) without anything
// around them, posix_spawn(3) of this very program, and bytes over a stream socket or a pipe:
// without any framing, and with a length in front as Python's connections have. A receiver that
// does not know the length of the next message, and may not take bytes of another reader, has to
// read the length first. Packets keep their bounds, and go through a large buffer here.

#include "peers/peer.hpp"

#include <algorithm>
#include <csignal>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>

#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

void wait_for(pid_t pid) {
  int status = -1;
  waitpid(pid, &status, 0);
  require_success(status);
}

// A server's fork is that of a small process: what this one is in the setting that says so.
void process(const std::string& method) {
  pid_t pid = -1;
  if (method == "spawn") {
    const char* const arguments[] = {"worker", exit_at_once, nullptr};
    require_success(posix_spawn(
        &pid, "/proc/self/exe", nullptr, nullptr, const_cast<char* const*>(arguments), environ));
  } else {
    pid = fork();
    if (pid == 0) {
      _exit(0);
    }
  }
  wait_for(pid);
}

// As much as one packet holds where there are packets.
constexpr std::size_t largest_write = std::size_t{256} << 10;
constexpr int large_buffer = 1 << 20;

void write_all(int descriptor, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const std::size_t part = std::min(bytes.size() - done, largest_write);
    const ssize_t count = write(descriptor, bytes.data() + done, part);
    if (count < 0) {
      throw std::runtime_error("write failed");
    }
    done += static_cast<std::size_t>(count);
  }
}

bool read_all(int descriptor, std::span<char> space) {
  while (!space.empty()) {
    const ssize_t count = read(descriptor, space.data(), space.size());
    if (count <= 0) {
      return false;
    }
    space = space.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

// What the processes talk over.
struct Way {
  std::size_t header = 0;  // The size of the length in front of each message.
  int type = SOCK_STREAM;  // Of a socket that goes both ways.
};

class Partner {
 public:
  Partner(const Talk& talk, const Way& way)
      : header_(way.header),
        batch_(talk.batch),
        message_(way.header + talk.bytes, 'x'),
        reply_(way.header + (talk.batch == 1 ? talk.bytes : 1), 'x') {
    int there[2];
    int back[2];
    if (talk.duplex) {
      socketpair(AF_UNIX, way.type | SOCK_CLOEXEC, 0, there);
      if (way.type == SOCK_SEQPACKET) {
        setsockopt(there[1], SOL_SOCKET, SO_SNDBUF, &large_buffer, sizeof large_buffer);
      }
      back[0] = there[1];
      back[1] = there[0];
    } else if (pipe(there) != 0 || pipe(back) != 0) {
      throw std::runtime_error("no pipe");
    }
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      answer(there[0], back[1]);
    }
    to_ = there[1];
    from_ = back[0];
  }

  void talk() {
    for (std::size_t i = 0; i < batch_; ++i) {
      write_all(to_, message_);
    }
    if (!read_message(from_, reply_)) {
      throw std::runtime_error("the partner ended");
    }
  }

 private:
  [[nodiscard]] bool read_message(int descriptor, std::string& message) const {
    const std::span space(message);
    return read_all(descriptor, space.first(header_)) &&
           read_all(descriptor, space.subspan(header_));
  }

  [[noreturn]] void answer(int in, int out) {
    for (;;) {
      for (std::size_t i = 0; i < batch_; ++i) {
        if (!read_message(in, message_)) {
          _exit(0);
        }
      }
      write_all(out, reply_);
    }
  }

  std::size_t header_;
  std::size_t batch_;
  std::string message_;
  std::string reply_;
  int to_ = -1;
  int from_ = -1;
};

template <std::size_t header, int type = SOCK_STREAM>
void talk(const Talk& talk) {
  static std::map<std::tuple<bool, std::size_t, std::size_t>, std::unique_ptr<Partner>> partners;
  auto& partner = partners[{talk.duplex, talk.batch, talk.bytes}];
  if (!partner) {
    partner = std::make_unique<Partner>(talk, Way{.header = header, .type = type});
  }
  partner->talk();
}

const Announce announce{{.name = "raw", .process = process, .talk = talk<0>}};
const Announce announce_framed{{.name = "raw_framed", .talk = talk<4>}};
const Announce announce_packets{{.name = "raw_packets", .talk = talk<0, SOCK_SEQPACKET>}};

}  // namespace

}  // namespace bench
