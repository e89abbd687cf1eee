#pragma once

// The input of a map, as tasks. Not for users.

#include <progeny/multiprocessing/detail/pool_calls.hpp>
#include <progeny/multiprocessing/detail/pool_core.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/pool/imap.hpp>
#include <progeny/multiprocessing/pool/options.hpp>

#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

/// The type of the items of an input. Text literals become strings.
template <class Range>
using ItemOf = Kept<std::ranges::range_value_t<Range>>;

/// Reads up to `most` items.
template <class Item, class Iterator, class End>
std::vector<Item> read_items(Iterator& at, const End& end, std::size_t most) {
  std::vector<Item> items;
  for (; items.size() < most && at != end; ++at) {
    items.emplace_back(*at);
  }
  return items;
}

/// The items of an input, cut into tasks. An input of unknown length is read first.
template <class Carrier, class With, class F, class Range>
std::vector<PoolWork> cut(const PoolCore& core,
                          const F& function,
                          Range&& input,
                          const MapOptions& options) {
  if constexpr (!std::ranges::sized_range<Range>) {
    std::vector<ItemOf<Range>> items;
    for (auto&& item : input) {
      items.emplace_back(std::forward<decltype(item)>(item));
    }
    return cut<Carrier, With>(core, function, std::move(items), options);
  } else {
    const auto count = static_cast<std::size_t>(std::ranges::size(input));
    const std::size_t size = chunk_size(options.chunksize, count, size_of(core));
    auto at = std::ranges::begin(input);
    const auto end = std::ranges::end(input);
    std::vector<PoolWork> work;
    work.reserve(count / size + 1);
    while (at != end) {
      work.push_back(
          Carrier::template map<With>(core, function, read_items<ItemOf<Range>>(at, end, size)));
    }
    return work;
  }
}

/// An input that is read bit by bit. Owns a temporary, borrows another range.
template <class Carrier, class With, class F, class Range>
class LazyInput {
 public:
  LazyInput(std::shared_ptr<PoolCore> core, F function, Range&& input, std::size_t size)
      : core_(std::move(core)),
        function_(std::move(function)),
        input_(std::forward<Range>(input)),
        at_(std::ranges::begin(input_)),
        size_(size) {}
  LazyInput(const LazyInput&) = delete;
  LazyInput& operator=(const LazyInput&) = delete;
  ~LazyInput() = default;

  [[nodiscard]] std::optional<PoolWork> next() {
    auto items = read_items<ItemOf<Range>>(at_, std::ranges::end(input_), size_);
    if (items.empty()) {
      return std::nullopt;
    }
    return Carrier::template map<With>(*core_, function_, std::move(items));
  }

 private:
  std::shared_ptr<PoolCore> core_;
  F function_;
  Range input_;  // A reference unless it was a temporary.
  std::ranges::iterator_t<std::remove_reference_t<Range>> at_;
  std::size_t size_;
};

/// Starts a lazy map.
template <class Carrier, class With, class F, class Range>
auto start_flow(const std::shared_ptr<PoolCore>& core,
                F function,
                Range&& input,
                const IMapOptions& options,
                bool in_order) {
  constexpr std::size_t ahead_of_each = 16;
  require_running(*core);
  const std::size_t size = at_least_one("chunksize", options.chunksize);
  const std::size_t ahead = options.buffersize ? at_least_one("buffersize", *options.buffersize)
                                               : ahead_of_each * size_of(*core);
  auto lazy = std::make_shared<LazyInput<Carrier, With, F, Range>>(
      core, std::move(function), std::forward<Range>(input), size);
  using Result = ItemResult<With, F, ItemOf<Range>>;
  return IMapIterator<Result>(std::make_unique<ChunkFlow>(
      core,
      [lazy] { return lazy->next(); },
      ChunkFlow::Options{
          .ahead = ahead, .in_order = in_order, .retries = options.retries, .name = options.name}));
}

/// The options of a job.
template <class Options>
JobOptions job_options(const Options& options, bool is_map) {
  return {.callback = options.callback.function(),
          .error_callback = options.error_callback,
          .retries = options.retries,
          .name = options.name,
          .is_map = is_map};
}

/// What a call returns; `AsyncResult<void>` for nothing.
template <class F, class... Args>
using ApplyReturn = std::decay_t<std::invoke_result_t<F&, Args...>>;

}  // namespace progeny::multiprocessing::detail
