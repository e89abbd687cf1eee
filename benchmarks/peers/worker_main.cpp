// A worker: a process that holds contestants and times what it is told to. The driver
// (contest/) talks to it by lines over the socket that is its descriptor 3:
//
//   worker: name:task name:task ...                    what there is, at the start
//   driver: hold BYTES                                 be a parent of that size
//   worker: ok
//   driver: run NAME TASK THREADS NANOSECONDS ARGS...  repeat for that long, at least once
//   worker: NANOSECONDS NANOSECONDS ...                what each took; or `failed: why`
//
// A process of its own for each library keeps its signal handlers, its allocations and its
// mappings out of the others' figures. Workers in other languages follow the same protocol.

#include "peers/peer.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace bench {

std::vector<Peer>& peers() {
  static std::vector<Peer> all;
  return all;
}

void require_success(std::int64_t status) {
  if (status != 0) {
    throw std::runtime_error("the child ended with " + std::to_string(status));
  }
}

namespace {

using Clock = std::chrono::steady_clock;
using Operation = std::function<void()>;

constexpr int control_descriptor = 3;

void require(bool condition, const char* sentence) {
  if (!condition) {
    throw std::runtime_error(sentence);
  }
}

const Peer& find_peer(const std::string& name) {
  const auto found =
      std::ranges::find_if(peers(), [&](const Peer& peer) { return peer.name == name; });
  require(found != peers().end(), "no such contestant");
  return *found;
}

std::string offered_tasks() {
  std::ostringstream line;
  for (const Peer& peer : peers()) {
    const auto offer = [&](bool offered, const char* task) {
      if (offered) {
        line << peer.name << ':' << task << ' ';
      }
    };
    offer(peer.launch != nullptr, "launch");
    offer(peer.echo != nullptr, "echo");
    offer(peer.capture != nullptr, "capture");
    offer(peer.stream != nullptr, "stream");
    offer(peer.cat != nullptr, "cat");
    offer(peer.process != nullptr, "process");
    offer(peer.startup != nullptr, "startup");
    offer(peer.talk != nullptr, "talk");
    offer(peer.post != nullptr, "post");
    offer(peer.crowd != nullptr, "crowd");
    offer(peer.disturb != nullptr, "disturb");
    offer(peer.sync != nullptr, "sync");
    offer(peer.wake != nullptr, "wake");
    offer(peer.pickle != nullptr, "pickle");
  }
  return line.str();
}

// What the parent of many benchmarks really is: memory that was written to, in pages of the
// usual size, whose tables fork(2) must copy.
void hold_memory(std::size_t bytes) {
  constexpr std::size_t page_size = 4096;
  void* const block =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(block != MAP_FAILED, "no memory");
  for (std::size_t at = 0; at < bytes; at += page_size) {
    static_cast<volatile char*>(block)[at] = 1;
  }
}

Operation make_bulk(std::size_t (*run)(const Flood&), std::istream& arguments) {
  Flood flood;
  arguments >> flood.program >> flood.bytes;
  return [run, flood] { require(run(flood) == flood.bytes, "bytes were lost"); };
}

Operation make_cat(const Peer& peer, std::istream& arguments) {
  static std::string input;  // Kept, so that only the first round has to make it.
  std::size_t bytes = 0;
  arguments >> bytes;
  input.resize(bytes, 'x');
  return [&peer] { require(peer.cat(input) == input.size(), "bytes were lost"); };
}

Operation make_operation(const Peer& peer, const std::string& task, std::istream& arguments) {
  if (task == "launch") {
    std::string program;
    arguments >> program;
    return [&peer, program] { peer.launch(program); };
  }
  if (task == "echo") {
    return [&peer] { require(peer.echo() == "hi\n", "echo said something else"); };
  }
  if (task == "cat") {
    return make_cat(peer, arguments);
  }
  if (task == "process") {
    std::string method;
    arguments >> method;
    return [&peer, method] { peer.process(method); };
  }
  if (task == "startup") {
    std::string folder;
    arguments >> folder;
    return [&peer, folder] { peer.startup(folder); };
  }
  if (task == "talk") {
    Talk talk;
    arguments >> talk.duplex >> talk.batch >> talk.bytes;
    return [&peer, talk] { peer.talk(talk); };
  }
  if (task == "post" || task == "crowd" || task == "disturb") {
    Post post;
    arguments >> post.batch >> post.bytes >> post.many >> post.pinned;
    return [run = task == "post"    ? peer.post
                  : task == "crowd" ? peer.crowd
                                    : peer.disturb,
            post] { run(post); };
  }
  if (task == "sync" || task == "wake") {
    Sync sync;
    arguments >> sync.kind >> sync.pinned >> sync.batch;
    return [run = task == "sync" ? peer.sync : peer.wake, sync] { run(sync); };
  }
  if (task == "pickle") {
    Pickling pickling;
    arguments >> pickling.kind >> pickling.reads >> pickling.count;
    return [&peer, pickling] { peer.pickle(pickling); };
  }
  return make_bulk(task == "capture" ? peer.capture : peer.stream, arguments);
}

std::vector<std::int64_t> repeat(const Operation& operation, std::chrono::nanoseconds budget) {
  std::vector<std::int64_t> took;
  const auto end = Clock::now() + budget;
  auto before = Clock::now();
  do {
    operation();
    const auto after = Clock::now();
    took.push_back(std::chrono::nanoseconds(after - before).count());
    before = after;
  } while (before < end);
  return took;
}

// The main thread is one of the launching threads, so that one thread means a process without
// any other: the C library locks less there.
std::vector<std::int64_t> repeat_in_threads(const Operation& operation,
                                            std::chrono::nanoseconds budget,
                                            int threads) {
  std::vector<std::vector<std::int64_t>> took(static_cast<std::size_t>(threads));
  std::vector<std::exception_ptr> failures(took.size());
  std::barrier start(threads);
  const auto run = [&](std::size_t index) {
    start.arrive_and_wait();
    try {
      took[index] = repeat(operation, budget);
    } catch (...) {
      failures[index] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < took.size(); ++i) {
      others.emplace_back(run, i);
    }
    run(0);
  }
  std::vector<std::int64_t> all;
  for (std::size_t i = 0; i < took.size(); ++i) {
    if (failures[i]) {
      std::rethrow_exception(failures[i]);
    }
    all.insert(all.end(), took[i].begin(), took[i].end());
  }
  return all;
}

std::string answer(const std::string& line) {
  std::istringstream words(line);
  std::string verb;
  words >> verb;
  if (verb == "hold") {
    std::size_t bytes = 0;
    words >> bytes;
    hold_memory(bytes);
    return "ok";
  }
  std::string name;
  std::string task;
  int threads = 1;
  std::int64_t budget = 0;
  words >> name >> task >> threads >> budget;
  const Operation operation = make_operation(find_peer(name), task, words);
  std::ostringstream reply;
  for (const auto took : repeat_in_threads(operation, std::chrono::nanoseconds(budget), threads)) {
    reply << took << ' ';
  }
  return reply.str();
}

// Two streams, because one that both reads and writes wants to seek in between.
void serve(std::FILE* from_driver, std::FILE* to_driver) {
  const auto say = [to_driver](const std::string& line) {
    std::fprintf(to_driver, "%s\n", line.c_str());
    std::fflush(to_driver);
  };
  say(offered_tasks());
  char* line = nullptr;
  std::size_t capacity = 0;
  while (getline(&line, &capacity, from_driver) > 0) {
    try {
      say(answer(line));
    } catch (const std::exception& error) {
      say(std::string("failed: ") + error.what());
    }
  }
  std::free(line);
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == bench::exit_at_once) {
    return 0;
  }
  fcntl(bench::control_descriptor, F_SETFD, FD_CLOEXEC);
  std::FILE* const from_driver = fdopen(bench::control_descriptor, "r");
  const int copy = fcntl(bench::control_descriptor, F_DUPFD_CLOEXEC, 0);
  std::FILE* const to_driver = fdopen(copy, "w");
  if (from_driver == nullptr || to_driver == nullptr) {
    std::fputs("a worker is started by one of the benchmarks, not by hand\n", stderr);
    return 2;
  }
  bench::serve(from_driver, to_driver);
  std::fclose(to_driver);
  std::fclose(from_driver);
  return 0;
}
