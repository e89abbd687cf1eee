#pragma once

// What a contestant is: a library, and how it does the few things that the benchmarks time. Each
// peers/NAME.cpp announces one or more; worker_main.cpp runs and times them.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// The child that writes `bytes` bytes to its stdout: `program bytes`.
struct Flood {
  std::string program;
  std::size_t bytes = 0;
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
};

/// All contestants that were linked into this program.
std::vector<Peer>& peers();

/// Announces a contestant from the namespace scope of its file.
struct Announce {
  explicit Announce(const Peer& peer) { peers().push_back(peer); }
};

/// Throws unless `status`, an exit code, is 0.
void require_success(int status);

}  // namespace bench
