#include <progeny/subprocess/many.hpp>

#include "base/deadline.hpp"
#include "platform/io/cancellation.hpp"
#include "platform/io/readable.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/run.hpp>

#include <algorithm>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace progeny::subprocess {

namespace {

std::optional<std::size_t> first_ended(std::span<Popen* const> children) {
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (children[i]->poll()) {
      return i;
    }
  }
  return std::nullopt;
}

// Takes jobs and keeps results for the threads of one run_many.
class Work {
 public:
  Work(const std::function<std::optional<Job>()>& next, const ManyOptions& options)
      : next_(next), options_(options), on_stop_(options.stop, [this] { all_.request_stop(); }) {}

  void work() {
    while (auto job = take()) {
      keep(run_one(*std::move(job)));
    }
  }

  [[nodiscard]] std::vector<JobResult> results() && {
    if (error_) {
      std::rethrow_exception(error_);
    }
    std::ranges::sort(results_, {}, &JobResult::index);
    return std::move(results_);
  }

 private:
  struct Numbered {
    std::size_t index;
    Job job;
  };

  // A call of the user's. If it throws, nothing more is begun, and what runs is killed.
  template <class Call>
  void or_stop(const Call& call) {
    try {
      call();
    } catch (...) {
      is_over_ = true;
      error_ = error_ ? error_ : std::current_exception();
      all_.request_stop();
    }
  }

  std::optional<Numbered> take() {
    const std::lock_guard lock(mutex_);
    std::optional<Numbered> taken;
    if (is_over_ || all_.stop_requested()) {
      return taken;
    }
    or_stop([&] {
      auto job = next_();
      if (job) {
        taken = Numbered{count_++, *std::move(job)};
      } else {
        is_over_ = true;
      }
    });
    return taken;
  }

  JobResult run_one(Numbered numbered) {
    JobResult result{.index = numbered.index};
    // A job's own stop ends it alone.
    std::stop_source either;
    const auto forward = [&either] { either.request_stop(); };
    const std::stop_callback by_all(all_.get_token(), forward);
    const std::stop_callback by_job(numbered.job.options.stop, forward);
    try {
      numbered.job.options.stop = either.get_token();
      result.done = run(numbered.job.args, numbered.job.options);
    } catch (...) {
      result.error = std::current_exception();
    }
    return result;
  }

  void keep(JobResult result) {
    const std::lock_guard lock(mutex_);
    is_over_ = is_over_ || (options_.stop_at_failure && !result.is_good());
    or_stop([&] {
      if (options_.on_result && !error_) {
        options_.on_result(result);
      }
    });
    results_.push_back(std::move(result));
  }

  const std::function<std::optional<Job>()>& next_;
  const ManyOptions& options_;
  std::stop_source all_;
  std::mutex mutex_;
  std::size_t count_ = 0;
  bool is_over_ = false;
  std::exception_ptr error_;
  std::vector<JobResult> results_;
  // Last, as it uses what is above.
  std::stop_callback<std::function<void()>> on_stop_;
};

}  // namespace

std::optional<std::size_t> wait_any(std::span<Popen* const> children,
                                    Timeout timeout,
                                    const std::stop_token& stop) {
  if (children.empty()) {
    return std::nullopt;
  }
  const progeny::detail::Deadline deadline(timeout);
  const platform::Cancellation cancellation(stop);
  for (;;) {
    if (const auto ended = first_ended(children)) {
      return ended;
    }
    std::vector<native_handle> handles;
    handles.reserve(children.size() + 1);
    for (const Popen* const child : children) {
      handles.push_back(child->sentinel());
    }
    if (cancellation.event() != nullptr) {
      handles.push_back(cancellation.event()->handle());
    }
    const auto ready = platform::wait_readable(handles, deadline);
    if (!ready) {
      return first_ended(children);
    }
    if (*ready == children.size()) {
      if (const auto ended = first_ended(children)) {
        return ended;
      }
      throw CancelledError(children.front()->args());
    }
  }
}

std::optional<std::size_t> wait_any(std::span<Popen> children,
                                    Timeout timeout,
                                    const std::stop_token& stop) {
  std::vector<Popen*> all;
  all.reserve(children.size());
  for (Popen& child : children) {
    all.push_back(&child);
  }
  return wait_any(std::span<Popen* const>(all), timeout, stop);
}

AsCompleted::AsCompleted(std::span<Popen> children, Timeout timeout, std::stop_token stop)
    : begin_(std::chrono::steady_clock::now()), timeout_(timeout), stop_(std::move(stop)) {
  for (Popen& child : children) {
    indices_.push_back(waiting_.size());
    waiting_.push_back(&child);
  }
}

std::optional<std::size_t> AsCompleted::next() {
  Timeout left;
  if (timeout_.limited()) {
    const auto passed = std::chrono::steady_clock::now() - begin_;
    left = Timeout(timeout_.limit() - std::min(passed, timeout_.limit()));
  }
  const auto ended = wait_any(std::span<Popen* const>(waiting_), left, stop_);
  if (!ended) {
    return std::nullopt;
  }
  const auto at = static_cast<std::ptrdiff_t>(*ended);
  const std::size_t index = indices_[*ended];
  waiting_.erase(waiting_.begin() + at);
  indices_.erase(indices_.begin() + at);
  return index;
}

AsCompleted::Iterator AsCompleted::begin() {
  return Iterator(*this);
}

AsCompleted::Iterator AsCompleted::end() noexcept {
  return {};
}

AsCompleted as_completed(std::span<Popen> children, Timeout timeout, std::stop_token stop) {
  return AsCompleted(children, timeout, std::move(stop));
}

std::vector<JobResult> run_many(const std::function<std::optional<Job>()>& next,
                                const ManyOptions& options) {
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t count = options.at_once == 0 ? processors : options.at_once;
  Work work(next, options);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < count; ++i) {
      try {
        threads.emplace_back([&work] { work.work(); });
      } catch (const std::system_error&) {
        break;  // Fewer at a time, then.
      }
    }
    work.work();
  }
  return std::move(work).results();
}

std::vector<JobResult> run_many(const std::vector<Job>& jobs, const ManyOptions& options) {
  ManyOptions own = options;
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  own.at_once = std::min(options.at_once == 0 ? processors : options.at_once,
                         std::max<std::size_t>(jobs.size(), 1));
  std::size_t at = 0;
  return run_many(
      [&]() -> std::optional<Job> {
        return at < jobs.size() ? std::optional(jobs[at++]) : std::nullopt;
      },
      own);
}

}  // namespace progeny::subprocess
