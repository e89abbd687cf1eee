// How fast do two processes talk through a Pipe?
//
// Beside the bytes alone over a stream socket, packets or a pipe, and with a length in front of
// them. The
// receiver sleeps in a round trip; one way it is busy, as the sender waits for an answer only after
// many messages. The system chooses the processors.

#include "contest/contest.hpp"

#include <fmt/core.h>

#include <string>
#include <vector>

namespace {

bench::Task talk(const std::string& title, bool duplex, std::size_t batch, std::size_t bytes) {
  return {.title = title,
          .order = {.task = "talk", .arguments = fmt::format("{:d} {} {}", duplex, batch, bytes)},
          .bytes = batch * bytes,
          .references = duplex ? std::vector<std::string>{"raw", "raw_packets"}
                               : std::vector<std::string>{"raw", "raw_framed"}};
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::size_t small = 64;
  constexpr std::size_t large = std::size_t{1} << 20;
  const bench::Scale scale = bench::parse_scale(argc, argv);
  const std::vector<bench::Task> tasks{
      talk("duplex, 64 B there and back", true, 1, small),
      talk("simplex, 64 B there and back", false, 1, small),
      talk("duplex, 1,000 messages of 64 B one way", true, 1000, small),
      talk("simplex, 1,000 messages of 64 B one way", false, 1000, small),
      talk("duplex, 16 messages of 1 MiB one way", true, 16, large),
      talk("simplex, 16 messages of 1 MiB one way", false, 16, large),
  };
  return bench::hold_contest("connection", {.title = "1 thread"}, tasks, scale) ? 0 : 1;
}
