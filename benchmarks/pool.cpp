// How many tasks does a pool run in a second, and how near to the ideal does it come with real
// ones?
//
// Beside a plain pool of threads with one queue (a mutex and a condition), and Python's Pool
// (pool.py prints the same lines). Each line is the median of several rounds.

#include <progeny/multiprocessing.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <ranges>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

namespace mp = progeny::multiprocessing;
using Clock = std::chrono::steady_clock;

constexpr int workers = 2;

struct Scale {
  int rounds = 5;
  int tasks = 200'000;
  int items = 10'000'000;
};

int same(int x) {
  return x;
}

int spin_for(std::int64_t nanoseconds) {
  const auto end = Clock::now() + std::chrono::nanoseconds(nanoseconds);
  while (Clock::now() < end) {
  }
  return 0;
}

int one_microsecond(int /*item*/) {
  return spin_for(1000);
}

std::vector<double> doubled(std::vector<double> values) {
  for (double& value : values) {
    value *= 2;
  }
  return values;
}

/// The limit: threads that share one queue.
class ThreadQueue {
 public:
  ThreadQueue() {
    for (int worker = 0; worker < workers; ++worker) {
      threads_.emplace_back([this] { serve(); });
    }
  }
  ThreadQueue(const ThreadQueue&) = delete;
  ThreadQueue& operator=(const ThreadQueue&) = delete;
  ~ThreadQueue() {
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
    }
    ready_.notify_all();
    for (std::thread& thread : threads_) {
      thread.join();
    }
  }

  template <class F>
  std::future<int> submit(F function) {
    auto task = std::make_shared<std::packaged_task<int()>>(std::move(function));
    auto result = task->get_future();
    {
      const std::lock_guard lock(mutex_);
      tasks_.emplace_back([task] { (*task)(); });
    }
    ready_.notify_one();
    return result;
  }

 private:
  void serve() {
    std::unique_lock lock(mutex_);
    while (true) {
      ready_.wait(lock, [this] { return is_closed_ || !tasks_.empty(); });
      if (tasks_.empty()) {
        return;
      }
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> tasks_;
  bool is_closed_ = false;
  std::vector<std::thread> threads_;
};

template <class Body>
double median_seconds(const Scale& scale, const Body& body) {
  std::vector<double> times;
  for (int round = 0; round < scale.rounds; ++round) {
    const auto begin = Clock::now();
    body();
    times.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
  }
  std::ranges::sort(times);
  return times[times.size() / 2];
}

template <class Body>
void rate(const Scale& scale, std::string_view title, int count, const Body& body) {
  fmt::print("{:<52}{:>14.0f} /s\n", title, count / median_seconds(scale, body));
  std::fflush(stdout);
}

template <class Body>
void share_of_ideal(const Scale& scale, std::string_view title, double ideal, const Body& body) {
  fmt::print("{:<52}{:>14.3f} of ideal\n", title, ideal / median_seconds(scale, body));
  std::fflush(stdout);
}

template <class Pool>
void gather(Pool& pool, int count) {
  std::vector<mp::AsyncResult<int>> results;
  results.reserve(static_cast<std::size_t>(count));
  for (int n = 0; n < count; ++n) {
    results.push_back(pool.apply_async(same, n));
  }
  for (const auto& result : results) {
    result.get();
  }
}

void gather(ThreadQueue& pool, int count) {
  std::vector<std::future<int>> results;
  results.reserve(static_cast<std::size_t>(count));
  for (int n = 0; n < count; ++n) {
    results.push_back(pool.submit([n] { return same(n); }));
  }
  for (auto& result : results) {
    result.get();
  }
}

// 1 ms each; and one in fifty a hundred times as long as the others.
void lengths(mp::Pool& pool, const Scale& scale) {
  const std::vector<std::int64_t> equal(600, 1'000'000);
  share_of_ideal(scale, "600 tasks of 1 ms", 0.6 / workers, [&] {
    pool.map(spin_for, equal, {.chunksize = 1});
  });
  std::vector<std::int64_t> unequal(500, 100'000);
  double sum = 0;
  for (std::size_t n = 0; n < unequal.size(); ++n) {
    unequal[n] = n % 50 == 25 ? 10'000'000 : 100'000;
    sum += static_cast<double>(unequal[n]) * 1e-9;
  }
  share_of_ideal(scale, "500 tasks, one in fifty a hundred times as long", sum / workers, [&] {
    pool.map(spin_for, unequal, {.chunksize = 1});
  });
}

void measure(const Scale& scale) {
  const int tasks = scale.tasks;
  {
    mp::Pool pool(workers);
    rate(scale, "no-op, apply_async each and gather", tasks, [&] { gather(pool, tasks); });
    rate(scale, "no-op, each awaited before the next", tasks, [&] {
      for (int n = 0; n < tasks; ++n) {
        pool.apply(same, n);
      }
    });
    rate(scale, "no-op, map, chunksize 1", tasks, [&] {
      pool.map(same, std::views::iota(0, tasks), {.chunksize = 1});
    });
    rate(scale, "no-op, map, chunksize 100", scale.items, [&] {
      pool.map(same, std::views::iota(0, scale.items), {.chunksize = 100});
    });
    rate(scale, "no-op, imap, chunksize 1", tasks, [&] {
      for (int result : pool.imap(same, std::views::iota(0, tasks))) {
        static_cast<void>(result);
      }
    });
    share_of_ideal(scale, "1 us each, map, default chunks", scale.items / 10 * 1e-6 / workers, [&] {
      pool.map(one_microsecond, std::views::iota(0, scale.items / 10));
    });
    lengths(pool, scale);
    const std::vector<std::vector<double>> large(200, std::vector<double>(131072, 1.0));
    rate(scale, "1 MiB of doubles each way", 200, [&] {
      pool.map(doubled, large, {.chunksize = 1});
    });
  }
  rate(scale, "a pool of 2, started and ended", 1, [] { mp::Pool pool(workers); });
  rate(scale, "2 processes, started and joined", 1, [] {
    mp::Process first([] {});
    mp::Process second([] {});
    first.start();
    second.start();
    first.join();
    second.join();
  });
  {
    mp::pool::ThreadPool pool(workers);
    rate(scale, "ThreadPool: apply_async each and gather", tasks, [&] { gather(pool, tasks); });
  }
  ThreadQueue pool;
  rate(scale, "std::thread and one queue: submit each and gather", tasks, [&] {
    gather(pool, tasks);
  });
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  const bool is_smoke = argc > 1 && std::string_view(argv[1]) == "--smoke";
  measure(is_smoke ? Scale{.rounds = 1, .tasks = 1000, .items = 10'000} : Scale{});
}
