#pragma once

// The driver's side of a worker process. The protocol is described in peers/worker_main.cpp.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// A contestant of a worker, and one task that it can do.
struct Offer {
  std::string contestant;
  std::string task;
};

/// What a worker is told to do, without the contestant.
struct Order {
  std::string task;
  std::string arguments;
  int threads = 1;
};

/// A running worker, which ends with this object.
class Worker {
 public:
  /// Starts `command` and reads its offers. Throws if it cannot.
  explicit Worker(const std::vector<std::string>& command);
  Worker(Worker&& other) noexcept;
  Worker(const Worker&) = delete;
  Worker& operator=(Worker&&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  [[nodiscard]] const std::vector<Offer>& offers() const { return offers_; }
  /// Makes the worker hold this much memory.
  void hold(std::size_t bytes);
  /// Lets `contestant` repeat the task for `turn`. Returns the time of each repetition. Throws if
  /// it failed.
  std::vector<std::chrono::nanoseconds> run(const std::string& contestant,
                                            const Order& order,
                                            std::chrono::nanoseconds turn);

 private:
  std::string ask(const std::string& line);
  std::string read_line();

  int socket_ = -1;
  int pid_ = -1;
  std::vector<Offer> offers_;
};

}  // namespace bench
