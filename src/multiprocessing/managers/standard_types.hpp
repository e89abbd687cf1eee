#pragma once

// The types of `SyncManager`: what makes their objects.

#include "base/deadline.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/managers/registry.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::managers::detail {

[[nodiscard]] Served list_from(const Arguments& arguments);
[[nodiscard]] Served dict_from(const Arguments& arguments);
[[nodiscard]] Served namespace_from(const Arguments& arguments);
[[nodiscard]] Served value_from(const Arguments& arguments);
[[nodiscard]] Served array_from(const Arguments& arguments);
[[nodiscard]] Served queue_from(const Arguments& arguments);
[[nodiscard]] Served lock_from(const Arguments& arguments);
[[nodiscard]] Served rlock_from(const Arguments& arguments);
[[nodiscard]] Served semaphore_from(const Arguments& arguments);
[[nodiscard]] Served bounded_semaphore_from(const Arguments& arguments);
[[nodiscard]] Served condition_from(const Arguments& arguments);
[[nodiscard]] Served event_from(const Arguments& arguments);
[[nodiscard]] Served barrier_from(const Arguments& arguments);

/// A reply with a value.
[[nodiscard]] inline Reply value_reply(pickle::Value value = {}) {
  return {.value = std::move(value)};
}

/// The deadline of an argument `timeout`: None, absent, or seconds.
[[nodiscard]] progeny::detail::Deadline deadline_of(const pickle::Value* timeout);
/// The deadline of arguments `block` and `timeout`.
[[nodiscard]] progeny::detail::Deadline deadline_of(const Arguments& arguments,
                                                    std::size_t first,
                                                    std::string_view block);

/// The items of anything that Python's `list()` takes. Throws TypeError for what has none.
[[nodiscard]] std::vector<pickle::Value> iterated(const pickle::Value& value);

/// Places in a sequence that an index or a slice of Python means.
struct Places {
  std::int64_t start = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
  bool is_slice = false;

  [[nodiscard]] std::size_t operator[](std::int64_t i) const {
    return static_cast<std::size_t>(start + i * step);
  }
};
/// Throws IndexError outside, TypeError for what is neither.
[[nodiscard]] Places places_of(const pickle::Value& key, std::size_t size, std::string_view what);

/// Whether `left` comes before `right`: numbers, text, bytes, and lists and tuples of them. Throws
/// TypeError for what has no order.
[[nodiscard]] bool is_less(const pickle::Value& left, const pickle::Value& right);

}  // namespace progeny::multiprocessing::managers::detail
