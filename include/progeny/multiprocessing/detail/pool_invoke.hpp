#pragma once

// How a worker calls functions with what was sent to it. Not for users.

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace progeny::multiprocessing::detail {

/// What a call returns, as a value that can be kept: nothing is a monostate.
template <class T>
using ResultOf = std::conditional_t<std::is_void_v<T>, std::monostate, std::decay_t<T>>;

/// Calls with kept arguments: they are moved from, or taken by reference, as by `call` of a
/// Process.
template <class F, class... Args>
decltype(auto) call_with(F& function, std::tuple<Args...>& arguments) {
  if constexpr (std::invocable<F&, Args...>) {
    return std::apply(function, std::move(arguments));
  } else {
    return std::apply(function, arguments);
  }
}

/// Calls with one item of a map.
struct WithItem {
  template <class F, class Item>
  static decltype(auto) call(F& function, Item& item) {
    if constexpr (std::invocable<F&, Item>) {
      return std::invoke(function, std::move(item));
    } else {
      return std::invoke(function, item);
    }
  }
};
/// Calls with the parts of an item, which is a tuple, a pair or an array.
struct WithParts {
  template <class F, class Item>
  static decltype(auto) call(F& function, Item& item) {
    auto parts = std::apply(
        [](auto&... part) {
          return std::tuple<std::remove_cvref_t<decltype(part)>...>(std::move(part)...);
        },
        item);
    return call_with(function, parts);
  }
};

/// Calls, and keeps what is returned.
template <class Call>
auto kept_result(const Call& call) {
  if constexpr (std::is_void_v<decltype(call())>) {
    call();
    return std::monostate{};
  } else {
    return std::decay_t<decltype(call())>(call());
  }
}

template <class With, class F, class Item>
using ItemResult = ResultOf<decltype(With::call(std::declval<F&>(), std::declval<Item&>()))>;

/// The results for several items, in order.
template <class With, class F, class Item>
std::vector<ItemResult<With, F, Item>> results_of(F& function,
                                                  std::vector<Item>& items,
                                                  std::atomic<std::uint32_t>& item_number) {
  std::vector<ItemResult<With, F, Item>> results;
  results.reserve(items.size());
  for (auto&& item : items) {
    item_number.store(static_cast<std::uint32_t>(results.size()), std::memory_order_relaxed);
    Item own(std::move(item));  // Also where the vector gives out no references, as for bool.
    results.push_back(kept_result([&]() -> decltype(auto) { return With::call(function, own); }));
  }
  return results;
}

}  // namespace progeny::multiprocessing::detail
