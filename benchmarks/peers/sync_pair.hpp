#pragma once

// Two processes that do the same to a lock, or wake each other: what all contestants in C++ share.

#include "peers/peer.hpp"
#include "peers/processor.hpp"
#include "peers/turns.hpp"

#include <csignal>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <tuple>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace bench {

/// `Subject` is made in shared memory before the partner is forked. It has `pair()`, which acquires
/// and releases, `there()` and `back()`, which are this process's and the partner's side of a
/// wake-up.
template <class Subject>
class SyncPair {
 public:
  explicit SyncPair(const Sync& sync) : sync_(sync), shared_(make()) {
    if (sync.kind != "alone" && fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      bind_to_processor(sync.pinned);
      assist();
    }
  }

  void once() {
    if (sync_.kind == "wake") {
      shared_->subject.there();
      return;
    }
    const bool both = sync_.kind == "contended";
    if (both) {
      shared_->turns.pass_to(1);
    }
    work();
    if (both) {
      shared_->turns.await(0);
    }
  }

 private:
  struct Shared {
    Turns turns;
    alignas(64) Subject subject;
  };

  static Shared* make() {
    void* const memory =
        mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      throw std::runtime_error("no memory");
    }
    return new (memory) Shared();
  }
  void work() {
    for (std::size_t i = 0; i < sync_.batch; ++i) {
      shared_->subject.pair();
    }
  }
  [[noreturn]] void assist() {
    for (;;) {
      if (sync_.kind == "wake") {
        shared_->subject.back();
      } else {
        shared_->turns.await(1);
        work();
        shared_->turns.pass_to(0);
      }
    }
  }

  Sync sync_;
  Shared* shared_;
};

/// The contestant's function for `Subject`.
template <class Subject>
void sync_with(const Sync& sync) {
  static std::map<std::tuple<std::string, bool>, std::unique_ptr<SyncPair<Subject>>> pairs;
  static int bound = -1;
  if (bound != static_cast<int>(sync.pinned)) {
    bind_to_processor(sync.pinned);
    bound = static_cast<int>(sync.pinned);
  }
  auto& pair = pairs[{sync.kind, sync.pinned}];
  if (!pair) {
    pair = std::make_unique<SyncPair<Subject>>(sync);
  }
  pair->once();
}

}  // namespace bench
