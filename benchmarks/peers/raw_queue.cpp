// What the machine can do: a ring for one producer and one consumer, which look again and again,
// sleep by a futex, or look for a while and then sleep; and POSIX message queues.

#include "peers/crowd.hpp"
#include "peers/disturbance.hpp"
#include "peers/posted.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bench {

namespace {

// Looks again and again; naps once the turn is clearly another contestant's, to leave him the
// processors.
class Spinning {
 public:
  template <class Condition>
  void wait_until(const Condition& condition) {
    for (int i = 0; !condition(); ++i) {
      if (i > 10'000) {
        usleep(1000);
      } else if (i > 1000) {
        sched_yield();
      }
    }
  }
  void tell() {}
};

// Sleeps at once.
class Sleeping {
 public:
  template <class Condition>
  void wait_until(const Condition& condition) {
    while (!condition()) {
      word_.store(1);
      if (!condition()) {
        syscall(SYS_futex, &word_, FUTEX_WAIT, 1, nullptr, nullptr, 0);
      }
    }
  }
  void tell() {
    if (word_.exchange(0) == 1) {
      syscall(SYS_futex, &word_, FUTEX_WAKE, 1, nullptr, nullptr, 0);
    }
  }
  // For a word that is 0 mostly: it stays in both caches.
  void tell_if_asleep() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (word_.load(std::memory_order_relaxed) == 1) {
      tell();
    }
  }

 private:
  std::atomic<std::uint32_t> word_{0};
};

// Looks for some tenths of a millisecond, then sleeps: the limit for what spares other work.
class Watching {
 public:
  template <class Condition>
  void wait_until(const Condition& condition) {
    for (int look = 0; look < 5000; ++look) {
      if (condition()) {
        return;
      }
      pause();
    }
    sleeping_.wait_until(condition);
  }
  void tell() { sleeping_.tell_if_asleep(); }

 private:
  static void pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }

  Sleeping sleeping_;
};

template <class Waiting>
class Ring {
 public:
  explicit Ring(const Post& post) : bytes_(post.bytes), message_(post.bytes, 'x') {
    void* const memory = mmap(nullptr,
                              sizeof(Shared) + slots * bytes_,
                              PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS,
                              -1,
                              0);
    if (memory == MAP_FAILED) {
      throw std::runtime_error("no memory");
    }
    shared_ = new (memory) Shared;
    data_ = static_cast<char*>(memory) + sizeof(Shared);
  }

  void put_batch(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t tail = shared_->tail.load(std::memory_order_relaxed);
      shared_->producer.wait_until(
          [&] { return tail - shared_->head.load(std::memory_order_acquire) < slots; });
      std::memcpy(data_ + tail % slots * bytes_, message_.data(), bytes_);
      shared_->tail.store(tail + 1, std::memory_order_release);
      shared_->consumer.tell();
    }
  }
  void get_batch(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t head = shared_->head.load(std::memory_order_relaxed);
      shared_->consumer.wait_until(
          [&] { return shared_->tail.load(std::memory_order_acquire) != head; });
      std::memcpy(message_.data(), data_ + head % slots * bytes_, bytes_);
      shared_->head.store(head + 1, std::memory_order_release);
      shared_->producer.tell();
    }
  }

 private:
  static constexpr std::size_t slots = 64;
  struct Shared {
    alignas(64) std::atomic<std::size_t> tail{0};
    alignas(64) std::atomic<std::size_t> head{0};
    alignas(64) Waiting producer;
    alignas(64) Waiting consumer;
  };

  std::size_t bytes_;
  std::string message_;
  Shared* shared_;
  char* data_;
};

class Posix {
 public:
  explicit Posix(const Post& post) : message_(post.bytes, 'x') {
    static int number = 0;
    const std::string name =
        "/progeny-bench-" + std::to_string(getpid()) + "-" + std::to_string(++number);
    mq_attr attributes{};
    attributes.mq_maxmsg = 10;
    attributes.mq_msgsize = static_cast<long>(post.bytes);
    queue_ = mq_open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600, &attributes);
    if (queue_ == -1) {
      throw std::runtime_error("the system's limits forbid such a message queue");
    }
    mq_unlink(name.c_str());
  }
  void put_batch(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      require_success(mq_send(queue_, message_.data(), message_.size(), 0));
    }
  }
  void get_batch(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (mq_receive(queue_, message_.data(), message_.size(), nullptr) == -1) {
        throw std::runtime_error("mq_receive failed");
      }
    }
  }

 private:
  std::string message_;
  mqd_t queue_;
};

const Announce announce_ring{{.name = "spsc_ring", .post = post_with<Ring<Spinning>>}};
const Announce announce_watching{{.name = "watching_ring",
                                  .post = post_with<Ring<Watching>>,
                                  .disturb = disturb_with<Ring<Watching>>}};
const Announce announce_futex{{.name = "futex_ring",
                               .post = post_with<Ring<Sleeping>>,
                               .disturb = disturb_with<Ring<Sleeping>>}};
const Announce announce_posix{
    {.name = "posix_mq", .post = post_with<Posix>, .crowd = crowd_with<Posix>}};

}  // namespace

}  // namespace bench
