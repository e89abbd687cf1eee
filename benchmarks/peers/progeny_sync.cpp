// progeny's Lock, and its Semaphore for the wake-up.

#include "peers/progeny_processes.hpp"
#include "peers/sync_pair.hpp"

#include <progeny/multiprocessing/synchronize.hpp>

namespace bench {

namespace {

class Progeny {
 public:
  void pair() {
    lock_.acquire();
    lock_.release();
  }
  void there() {
    to_.release();
    from_.acquire();
  }
  void back() {
    to_.acquire();
    from_.release();
  }

 private:
  progeny::multiprocessing::Lock lock_;
  progeny::multiprocessing::Semaphore to_{0};
  progeny::multiprocessing::Semaphore from_{0};
};

}  // namespace

void synchronize(const Sync& sync) {
  sync_with<Progeny>(sync);
}

}  // namespace bench
