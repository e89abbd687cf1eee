#pragma once

// What tasks returned, as values again. Not for users.

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/serial.hpp>

#include <concepts>
#include <iterator>
#include <typeinfo>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

template <class T>
inline constexpr bool is_vector = false;
template <class T, class Allocator>
inline constexpr bool is_vector<std::vector<T, Allocator>> = true;

/// Whether values can be copied. A vector claims that it can, whatever it holds.
template <class T>
constexpr bool is_copyable() {
  if constexpr (is_vector<T>) {
    return is_copyable<typename T::value_type>();
  } else {
    return std::copy_constructible<T>;
  }
}

/// What a task returned, as a `T`. An object is copied if it can be, as `get` may be called again.
template <class T>
T value_of(PoolOutcome& outcome) {
  if constexpr (serial::Transferable<T>) {
    if (!outcome.value.object && !outcome.has_tickets) {
      return serial::decode<T>(PoolJob::incoming(outcome));
    }
    if (!outcome.value.object) {
      outcome.value = AnyValue::of(serial::decode<T>(PoolJob::incoming(outcome)));
    }
  }
  if (outcome.value.type == nullptr || *outcome.value.type != typeid(T)) {
    throw ValueError("the result of the task is of another type");
  }
  T& held = *static_cast<T*>(outcome.value.object.get());
  if constexpr (is_copyable<T>()) {
    return held;
  } else {
    return std::move(held);
  }
}

/// What a job returned, as a `T`: for a map, the results of all its tasks one after the other.
template <class T>
T value_of(PoolJob& job) {
  if constexpr (is_vector<T>) {
    if (job.is_map()) {
      T all;
      for (PoolOutcome& outcome : job.outcomes()) {
        auto some = value_of<T>(outcome);
        if (all.empty()) {
          all = std::move(some);
        } else {
          all.insert(all.end(),
                     std::make_move_iterator(some.begin()),
                     std::make_move_iterator(some.end()));
        }
      }
      return all;
    }
  }
  if (job.is_map()) {
    throw ValueError("the result of a map is a vector");
  }
  return value_of<T>(job.outcomes().front());
}

}  // namespace progeny::multiprocessing::detail
