// What lists and arrays of a server have in common with Python's.

#include "multiprocessing/managers/standard_types.hpp"

#include <progeny/base/timeout.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

namespace progeny::multiprocessing::managers::detail {

namespace {

using pickle::Kind;
using pickle::Value;

bool is_number(const Value& value) {
  return value.kind() == Kind::integer || value.kind() == Kind::boolean ||
         value.kind() == Kind::floating;
}

std::int64_t bound(const Value& value, std::int64_t otherwise, std::int64_t size, bool is_down) {
  if (value.is_none()) {
    return otherwise;
  }
  std::int64_t index = value.as_int();
  if (index < 0) {
    index = std::max(index + size, is_down ? std::int64_t{-1} : std::int64_t{0});
  }
  return std::min(index, is_down ? size - 1 : size);
}

Places slice_places(const std::vector<Value>& parts, std::int64_t size) {
  const std::int64_t step = parts[2].is_none() ? 1 : parts[2].as_int();
  if (step == 0) {
    throw ValueError("slice step cannot be zero");
  }
  const bool is_down = step < 0;
  const std::int64_t start = bound(parts[0], is_down ? size - 1 : 0, size, is_down);
  const std::int64_t stop = bound(parts[1], is_down ? -1 : size, size, is_down);
  const std::int64_t distance = is_down ? start - stop : stop - start;
  const std::int64_t stride = is_down ? (step == INT64_MIN ? INT64_MAX : -step) : step;
  return {.start = start,
          .step = step,
          .count = distance <= 0 ? 0 : (distance - 1) / stride + 1,
          .is_slice = true};
}

bool is_less_sequence(const std::vector<Value>& left, const std::vector<Value>& right) {
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    if (!(left[i] == right[i])) {
      return is_less(left[i], right[i]);
    }
  }
  return left.size() < right.size();
}

}  // namespace

progeny::detail::Deadline deadline_of(const Value* timeout) {
  using progeny::detail::Deadline;
  return timeout == nullptr || timeout->is_none()
             ? Deadline()
             : Deadline(Timeout(std::chrono::duration<double>(timeout->as_float())));
}

progeny::detail::Deadline deadline_of(const Arguments& arguments,
                                      std::size_t first,
                                      std::string_view block) {
  using progeny::detail::Deadline;
  if (!arguments.get<bool>(first, block, true)) {
    return Deadline(Timeout(std::chrono::nanoseconds::zero()));
  }
  const Value* const timeout = arguments.find(first + 1, "timeout");
  return deadline_of(timeout);
}

std::vector<Value> iterated(const Value& value) {
  switch (value.kind()) {
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
    case Kind::frozenset:
      return value.items();
    case Kind::dict: {
      std::vector<Value> keys;
      for (const Value::Pair& pair : value.pairs()) {
        keys.push_back(pair.first);
      }
      return keys;
    }
    default:
      // `range(3)`, `dict.keys()` and the like are recipes.
      if (value.kind() == Kind::object && value.as_object().args.kind() == Kind::tuple &&
          value.as_object().args.size() == 1 &&
          value.as_object().args.at_index(0).kind() == Kind::list) {
        return value.as_object().args.at_index(0).items();
      }
      throw TypeError(fmt::format("'{}' object is not iterable", name_of(value.kind())));
  }
}

Places places_of(const Value& key, std::size_t size, std::string_view what) {
  const auto length = static_cast<std::int64_t>(size);
  if (key.kind() == Kind::integer || key.kind() == Kind::boolean) {
    const std::int64_t index = key.as_int();
    if (index < -length || index >= length) {
      throw IndexError(fmt::format("{} index out of range", what));
    }
    return {.start = index < 0 ? index + length : index, .step = 1, .count = 1};
  }
  if (key.kind() == Kind::object &&
      key.as_object().callable == Value::global("builtins", "slice") &&
      key.as_object().args.size() == 3) {
    return slice_places(key.as_object().args.items(), length);
  }
  throw TypeError(
      fmt::format("{} indices must be integers or slices, not {}", what, name_of(key.kind())));
}

bool is_less(const Value& left, const Value& right) {
  if (is_number(left) && is_number(right)) {
    if (left.kind() == Kind::floating || right.kind() == Kind::floating) {
      return left.as_float() < right.as_float();
    }
    try {
      return left.as_int() < right.as_int();
    } catch (const OverflowError&) {
      return left.as_float() < right.as_float();
    }
  }
  if (left.kind() == right.kind()) {
    switch (left.kind()) {
      case Kind::text:
        return left.as_text() < right.as_text();
      case Kind::bytes:
        return left.as_bytes() < right.as_bytes();
      case Kind::tuple:
      case Kind::list:
        return is_less_sequence(left.items(), right.items());
      default:
        break;
    }
  }
  throw TypeError(fmt::format("'<' not supported between instances of '{}' and '{}'",
                              name_of(left.kind()),
                              name_of(right.kind())));
}

}  // namespace progeny::multiprocessing::managers::detail
