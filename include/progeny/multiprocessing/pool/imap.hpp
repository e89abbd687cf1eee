#pragma once

// The results of a map one after the other: what `Pool::imap` and `imap_unordered` return.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/pool_values.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

namespace detail {

/// Keeps chunks of a lazy map on their way.
class PROGENY_EXPORT ChunkFlow {
 public:
  /// The next chunk of the input; nothing at its end. What it throws comes after the results of the
  /// chunks before.
  using Source = std::function<std::optional<PoolWork>()>;
  struct Options {
    std::size_t ahead;  ///< How many chunks are on their way at most.
    bool in_order;
    unsigned retries;
    std::string name;
  };

  ChunkFlow(std::shared_ptr<PoolCore> core, Source source, Options options);
  /// Submits chunks until there are enough.
  void fill();
  /// The next chunk that is done; null at the end. Throws what the input threw, once; throws
  /// TimeoutError after the timeout.
  [[nodiscard]] std::shared_ptr<PoolJob> next(const Timeout& timeout);

 private:
  std::shared_ptr<PoolCore> core_;
  Source source_;
  Options options_;
  std::vector<std::shared_ptr<PoolJob>> jobs_;  // In the order of the input.
  std::size_t taken_ = 0;                       // How many items were submitted.
  bool is_at_end_ = false;
  std::exception_ptr input_error_;
};

}  // namespace detail

/// The results of a lazy map. An input range: `for (auto&& result : pool.imap(f, input))`.
///
/// The input is read as results are taken, so it may have no end. It is read by the thread that
/// takes the results, and it is borrowed unless it was a temporary. An exception of a call is
/// thrown in place of the results of its chunk; the next call goes on with the next chunk.
///
/// Moving it is fine; it may be dropped before its end.
///
/// - Python: `IMapIterator`, `IMapUnorderedIterator`. Differs: there, a thread of the pool reads
/// the
///   whole input.
/// - Threads: one at a time.
template <class T>
class IMapIterator {
 public:
  /// Not for users.
  explicit IMapIterator(std::unique_ptr<detail::ChunkFlow> flow) : flow_(std::move(flow)) {
    flow_->fill();
  }

  /// The next result.
  ///
  /// - Python: `next`. Differs: the end is no exception.
  /// - Returns: nothing at the end.
  /// - Throws: what the call threw; `WorkerLost`; what the input threw; `TimeoutError` after the
  ///   timeout, when the next call waits for the same result.
  /// - Blocks: until the result is there, at most `timeout`.
  [[nodiscard]] std::optional<T> next(const Timeout& timeout = {}) {
    while (ready_.empty()) {
      const auto job = flow_->next(timeout);
      if (!job) {
        return std::nullopt;
      }
      job->require_success({});
      auto results = detail::value_of<std::vector<T>>(*job);
      ready_.assign(std::make_move_iterator(results.begin()),
                    std::make_move_iterator(results.end()));
    }
    std::optional<T> result(std::move(ready_.front()));
    ready_.pop_front();
    return result;
  }

  /// Walks over the results.
  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    /// Behind the last result.
    Iterator() = default;
    /// At the next result.
    explicit Iterator(IMapIterator& results) : results_(&results), value_(results.next()) {}
    /// The result, which may be moved from.
    [[nodiscard]] T& operator*() const { return *value_; }
    /// Waits for the next result.
    Iterator& operator++() {
      value_ = results_->next();
      return *this;
    }
    /// The same.
    void operator++(int) { ++*this; }
    /// Whether there are no more results.
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t /*end*/) {
      return !iterator.value_;
    }

   private:
    IMapIterator* results_ = nullptr;
    mutable std::optional<T> value_;
  };

  /// Waits for the next result.
  [[nodiscard]] Iterator begin() { return Iterator(*this); }
  /// The end of the results.
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  std::unique_ptr<detail::ChunkFlow> flow_;
  std::deque<T> ready_;
};

}  // namespace progeny::multiprocessing
