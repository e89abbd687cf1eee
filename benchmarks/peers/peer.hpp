#pragma once

// What a contestant is: a library, and how it does the few things that the benchmarks time. Each
// peers/NAME.cpp announces one or more; worker_main.cpp runs and times them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// The child that writes `bytes` bytes to its stdout: `program bytes`.
struct Flood {
  std::string program;
  std::size_t bytes = 0;
};

/// Messages to a partner process and its answer, which is one message for `batch` of them.
struct Talk {
  /// Over a channel that goes both ways, or over two that go one way each.
  bool duplex = true;
  /// How many messages are sent before the answer is awaited.
  std::size_t batch = 1;
  /// Of a message; the answer is one byte for a batch of several.
  std::size_t bytes = 0;
};

/// Messages through a queue to a partner process, and its answer by another queue.
struct Post {
  /// How many messages are put before the answer is awaited.
  std::size_t batch = 1;
  /// Of a message; the answer has 8 bytes.
  std::size_t bytes = 0;
  /// Whether several are put and got at once, where the queue can do that.
  bool many = false;
  /// Whether both processes are to use the first processor alone.
  bool pinned = false;
};

/// A dispute of two processes about a lock, or news from one to the other.
struct Sync {
  /// `alone`: nobody else wants the lock. `contended`: a partner does the same at the same time.
  /// `wake`: there and back, each asleep until the other wakes it.
  std::string kind;
  /// Whether both are bound to one processor.
  bool pinned = false;
  /// How often the lock is acquired and released in one operation.
  std::size_t batch = 1;
};

/// One value, written as a pickle or read from one.
struct Pickling {
  /// What is in the list: `ints`, `floats`, `strings`. Or `bytes`, which are no list.
  std::string kind;
  /// Whether the pickle is read.
  bool reads = false;
  /// Items of the list, or bytes.
  std::size_t count = 0;
};

/// One contestant. A function that is null: it does not take part. Each function does one whole
/// operation, gives back whatever it took, and throws if the child did not end with 0.
struct Peer {
  /// One word, as it stands in the tables.
  std::string_view name;
  /// Starts `program` without arguments and waits for it.
  void (*launch)(const std::string& program) = nullptr;
  /// Runs `/bin/echo hi` and returns what it wrote.
  std::string (*echo)() = nullptr;
  /// Collects all that the flood writes in memory; returns how many bytes it got.
  std::size_t (*capture)(const Flood& flood) = nullptr;
  /// Sees all that the flood writes, block by block; returns how many bytes it saw.
  std::size_t (*stream)(const Flood& flood) = nullptr;
  /// Feeds `input` to `cat` and collects its output; returns how many bytes came back.
  std::size_t (*cat)(std::string_view input) = nullptr;
  /// Runs a function that does nothing in a process made by `method` (fork, spawn, forkserver), and
  /// waits for its end.
  void (*process)(const std::string& method) = nullptr;
  /// Starts a C++ program that does nothing, and waits for its end; those of `folder` are at hand.
  void (*startup)(const std::string& folder) = nullptr;
  /// Has a talk with a partner, which the first talk starts.
  void (*talk)(const Talk& talk) = nullptr;
  /// Puts messages for a partner, which the first call starts.
  void (*post)(const Post& post) = nullptr;
  /// Puts `batch` messages as another process does, for two processes that get as many each.
  void (*crowd)(const Post& post) = nullptr;
  /// Has every processor do some work, while single messages come and go.
  void (*disturb)(const Post& post) = nullptr;
  /// Acquires and releases a lock, with a partner who was started at the first such time.
  void (*sync)(const Sync& sync) = nullptr;
  /// Wakes a partner and is woken by it.
  void (*wake)(const Sync& sync) = nullptr;
  /// Writes or reads a pickle, which the first call prepares.
  void (*pickle)(const Pickling& pickling) = nullptr;
};

/// The argument on which a worker does nothing but exit with 0.
inline constexpr const char* exit_at_once = "--exit-at-once";

/// All contestants that were linked into this program.
std::vector<Peer>& peers();

/// Announces a contestant from the namespace scope of its file.
struct Announce {
  explicit Announce(const Peer& peer) { peers().push_back(peer); }
};

/// Throws unless `status`, an exit code, is 0.
void require_success(std::int64_t status);

}  // namespace bench
