// How fast do messages go through a Queue, and through a shared Pipe?
//
// Beside Boost.Interprocess, ZeroMQ and POSIX message queues, and rings for one producer and one
// consumer, which are the limits: one whose users never sleep, one whose users look for a while and
// then sleep, and one whose users sleep at once.
// In a round trip each side waits for the other; one way the receiver is busy, as the sender waits
// for an answer only after many messages. The system chooses the processors, or both use one. The
// work beside messages tells what waiting takes from others.

#include "contest/contest.hpp"

#include <fmt/core.h>

#include <string>

namespace {

struct Post {
  std::size_t batch;
  std::size_t bytes;
  bool many = false;
  bool pinned = false;
};

bench::Task post(const std::string& title, const Post& post) {
  return {.title = title,
          .order = {.task = "post",
                    .arguments = fmt::format(
                        "{} {} {:d} {:d}", post.batch, post.bytes, post.many, post.pinned)},
          .bytes = post.batch * post.bytes,
          .references = {post.pinned ? "futex_ring" : "watching_ring", "boost_message_queue"}};
}

bench::Task among_many(const std::string& title,
                       const std::string& task,
                       const std::string& reference,
                       std::size_t batch) {
  return {.title = title,
          .order = {.task = task, .arguments = fmt::format("{} 64 0 0", batch)},
          .references = {reference}};
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::size_t small = 64;
  constexpr std::size_t page = 4096;
  constexpr std::size_t large = std::size_t{1} << 20;
  const bench::Scale scale = bench::parse_scale(argc, argv);
  const std::vector<bench::Task> tasks{
      post("64 B there, 8 B back", {.batch = 1, .bytes = small}),
      post("64 B there, 8 B back, on one processor", {.batch = 1, .bytes = small, .pinned = true}),
      post("4 KiB there, 8 B back", {.batch = 1, .bytes = page}),
      post("10,000 messages of 64 B one way", {.batch = 10000, .bytes = small}),
      post("10,000 messages of 64 B one way, on one processor",
           {.batch = 10000, .bytes = small, .pinned = true}),
      post("10,000 messages of 64 B one way, many at once",
           {.batch = 10000, .bytes = small, .many = true}),
      among_many("two processes put 10,000 messages of 64 B each, two get them",
                 "crowd",
                 "boost_message_queue",
                 10000),
      post("1,000 messages of 4 KiB one way", {.batch = 1000, .bytes = page}),
      post("32 messages of 1 MiB one way", {.batch = 32, .bytes = large}),
      among_many("work on all processors, beside a message there and back each millisecond",
                 "disturb",
                 "futex_ring",
                 1),
  };
  return bench::hold_contest("queues", {.title = "1 thread"}, tasks, scale) ? 0 : 1;
}
