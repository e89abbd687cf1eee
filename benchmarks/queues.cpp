// How fast do messages go through a Queue, and through a shared Pipe?
//
// Beside Boost.Interprocess and POSIX message queues, and a ring for one producer and one consumer
// who never sleep, which is the limit. The receiver sleeps in a round trip; one way it is busy, as
// the sender waits for an answer only after many messages. The system chooses the processors.

#include "contest/contest.hpp"

#include <fmt/core.h>

#include <string>

namespace {

bench::Task post(const std::string& title, std::size_t batch, std::size_t bytes, bool many) {
  return {.title = title,
          .order = {.task = "post", .arguments = fmt::format("{} {} {:d}", batch, bytes, many)},
          .bytes = batch * bytes,
          .references = {"spsc_ring", "boost_message_queue"}};
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::size_t small = 64;
  constexpr std::size_t page = 4096;
  constexpr std::size_t large = std::size_t{1} << 20;
  const bench::Scale scale = bench::parse_scale(argc, argv);
  const std::vector<bench::Task> tasks{
      post("64 B there, 8 B back", 1, small, false),
      post("10,000 messages of 64 B one way", 10000, small, false),
      post("10,000 messages of 64 B one way, many at once", 10000, small, true),
      post("1,000 messages of 4 KiB one way", 1000, page, false),
      post("32 messages of 1 MiB one way", 32, large, false),
  };
  return bench::hold_contest("queues", {.title = "1 thread"}, tasks, scale) ? 0 : 1;
}
