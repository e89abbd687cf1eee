#pragma once

// Work on every processor, while two other processes exchange a message now and then. A waiter that
// spins takes its time from the work.

#include "peers/partner.hpp"
#include "peers/peer.hpp"
#include "peers/turns.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <thread>

#include <sys/mman.h>

namespace bench {

/// `Queue` is as for a PostPartner.
template <class Queue>
class Disturbance {
 public:
  explicit Disturbance(const Post& post)
      : there_(post), back_(Post{.bytes = 8}), workers_(make_turns()) {
    for (Turns& worker : workers_) {
      start_partner(false, [&worker] {
        worker.await(working);
        work();
        worker.pass_to(idle);
      });
    }
    start_partner(false, [this] {
      there_.get_batch(1);
      back_.put_batch(1);
    });
  }
  void once() {
    for (Turns& worker : workers_) {
      worker.pass_to(working);
    }
    while (!std::ranges::all_of(workers_, [](const Turns& worker) { return worker.is(idle); })) {
      there_.put_batch(1);
      back_.get_batch(1);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

 private:
  static constexpr unsigned idle = 0;
  static constexpr unsigned working = 1;

  static std::span<Turns> make_turns() {
    const std::size_t count = std::max(1U, std::thread::hardware_concurrency());
    void* const memory = mmap(
        nullptr, count * sizeof(Turns), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      throw std::runtime_error("no memory");
    }
    return {new (memory) Turns[count], count};
  }
  // Some tenths of a second.
  static void work() {
    volatile std::uint64_t number = 1;
    for (int step = 0; step < 100'000'000; ++step) {
      number = number * 6364136223846793005 + 1442695040888963407;
    }
  }

  Queue there_;
  Queue back_;
  std::span<Turns> workers_;
};

template <class Queue>
void disturb_with(const Post& post) {
  static std::unique_ptr<Disturbance<Queue>> disturbance;
  if (!disturbance) {
    disturbance = std::make_unique<Disturbance<Queue>>(post);
  }
  disturbance->once();
}

}  // namespace bench
