// A list in a server.

#include "multiprocessing/managers/method_table.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <functional>

namespace progeny::multiprocessing::managers::detail {

namespace {

using pickle::Value;

class ListObject final : public TableObject<ListObject> {
 public:
  explicit ListObject(std::vector<Value> items) : items_(std::move(items)) {}

  [[nodiscard]] static std::span<const Method<ListObject>> methods();
  [[nodiscard]] std::string repr() override { return value().repr(); }
  [[nodiscard]] Value value() override {
    const std::scoped_lock lock(mutex_);
    return Value::list(items_);
  }

  Reply add(const Arguments& arguments, Session& /*session*/) {
    std::vector<Value> items = copy();
    const std::vector<Value> more = arguments.get<Value>(0, "other").items();
    items.insert(items.end(), more.begin(), more.end());
    return value_reply(Value::list(std::move(items)));
  }
  Reply contains(const Arguments& arguments, Session& /*session*/) {
    const Value wanted = arguments.get<Value>(0, "value");
    const std::scoped_lock lock(mutex_);
    return value_reply(std::find(items_.begin(), items_.end(), wanted) != items_.end());
  }
  Reply del_item(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    const std::scoped_lock lock(mutex_);
    const Places places = places_of(key, items_.size(), "list");
    std::vector<std::size_t> gone;
    for (std::int64_t i = 0; i < places.count; ++i) {
      gone.push_back(places[i]);
    }
    std::sort(gone.begin(), gone.end(), std::greater<>());
    for (const std::size_t index : gone) {
      items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    return {};
  }
  Reply get_item(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    const std::scoped_lock lock(mutex_);
    const Places places = places_of(key, items_.size(), "list");
    if (!places.is_slice) {
      return value_reply(items_[places[0]]);
    }
    std::vector<Value> part;
    for (std::int64_t i = 0; i < places.count; ++i) {
      part.push_back(items_[places[i]]);
    }
    return value_reply(Value::list(std::move(part)));
  }
  Reply set_item(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    const Value value = arguments.get<Value>(1, "value");
    const std::scoped_lock lock(mutex_);
    const Places places = places_of(key, items_.size(), "list");
    if (!places.is_slice) {
      items_[places[0]] = value;
    } else {
      set_slice(places, iterated(value));
    }
    return {};
  }
  Reply len(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    return value_reply(items_.size());
  }
  Reply mul(const Arguments& arguments, Session& /*session*/) {
    return value_reply(Value::list(repeated(arguments.get<std::int64_t>(0, "n"))));
  }
  Reply imul(const Arguments& arguments, Session& /*session*/) {
    std::vector<Value> items = repeated(arguments.get<std::int64_t>(0, "n"));
    const std::scoped_lock lock(mutex_);
    items_ = std::move(items);
    return value_reply(Value::list(items_));
  }
  Reply reversed(const Arguments& /*arguments*/, Session& /*session*/) {
    std::vector<Value> items = copy();
    std::reverse(items.begin(), items.end());
    return value_reply(
        Value::reduce(Value::global("builtins", "iter"), {Value::list(std::move(items))}));
  }
  Reply append(const Arguments& arguments, Session& /*session*/) {
    Value value = arguments.get<Value>(0, "value");
    const std::scoped_lock lock(mutex_);
    items_.push_back(std::move(value));
    return {};
  }
  Reply clear(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    items_.clear();
    return {};
  }
  Reply copied(const Arguments& /*arguments*/, Session& /*session*/) {
    return value_reply(value());
  }
  Reply count(const Arguments& arguments, Session& /*session*/) {
    const Value wanted = arguments.get<Value>(0, "value");
    const std::scoped_lock lock(mutex_);
    return value_reply(std::count(items_.begin(), items_.end(), wanted));
  }
  Reply extend(const Arguments& arguments, Session& /*session*/) {
    const std::vector<Value> more = iterated(arguments.get<Value>(0, "iterable"));
    const std::scoped_lock lock(mutex_);
    items_.insert(items_.end(), more.begin(), more.end());
    return {};
  }
  Reply index(const Arguments& arguments, Session& /*session*/) {
    const Value wanted = arguments.get<Value>(0, "value");
    const std::scoped_lock lock(mutex_);
    return value_reply(find(wanted) - items_.begin());
  }
  Reply insert(const Arguments& arguments, Session& /*session*/) {
    auto place = arguments.get<std::int64_t>(0, "index");
    Value value = arguments.get<Value>(1, "value");
    const std::scoped_lock lock(mutex_);
    const auto size = static_cast<std::int64_t>(items_.size());
    place = std::clamp(place < 0 ? place + size : place, std::int64_t{0}, size);
    items_.insert(items_.begin() + place, std::move(value));
    return {};
  }
  Reply pop(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<std::int64_t>(0, "index", -1);
    const std::scoped_lock lock(mutex_);
    if (items_.empty()) {
      throw IndexError("pop from empty list");
    }
    const auto place = static_cast<std::ptrdiff_t>(places_of(key, items_.size(), "pop")[0]);
    Value value = std::move(items_[static_cast<std::size_t>(place)]);
    items_.erase(items_.begin() + place);
    return value_reply(std::move(value));
  }
  Reply remove(const Arguments& arguments, Session& /*session*/) {
    const Value wanted = arguments.get<Value>(0, "value");
    const std::scoped_lock lock(mutex_);
    items_.erase(find(wanted));
    return {};
  }
  Reply reverse(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    std::reverse(items_.begin(), items_.end());
    return {};
  }
  Reply sort(const Arguments& arguments, Session& /*session*/) {
    const Value* const key = arguments.find(0, "key");
    if (key != nullptr && !key->is_none()) {
      throw TypeError("a list of this server sorts without a key function");
    }
    const bool is_reverse = arguments.get<bool>(1, "reverse", false);
    const std::scoped_lock lock(mutex_);
    std::vector<Value> sorted = items_;  // Unchanged if items have no order.
    if (is_reverse) {
      std::stable_sort(sorted.begin(), sorted.end(), [](const Value& left, const Value& right) {
        return is_less(right, left);
      });
    } else {
      std::stable_sort(sorted.begin(), sorted.end(), is_less);
    }
    items_ = std::move(sorted);
    return {};
  }

 private:
  [[nodiscard]] std::vector<Value> copy() {
    const std::scoped_lock lock(mutex_);
    return items_;
  }
  [[nodiscard]] std::vector<Value> repeated(std::int64_t times) {
    const std::vector<Value> items = copy();
    if (times > 0 && items.size() > (std::size_t{1} << 32U) / static_cast<std::size_t>(times)) {
      throw RemoteError("builtins", "MemoryError", {});
    }
    std::vector<Value> all;
    for (std::int64_t i = 0; i < times; ++i) {
      all.insert(all.end(), items.begin(), items.end());
    }
    return all;
  }
  // The mutex is held.
  [[nodiscard]] std::vector<Value>::iterator find(const Value& wanted) {
    const auto found = std::find(items_.begin(), items_.end(), wanted);
    if (found == items_.end()) {
      throw ValueError(fmt::format("{} is not in list", wanted.repr(200)));
    }
    return found;
  }
  // The mutex is held.
  void set_slice(const Places& places, const std::vector<Value>& values) {
    if (places.step == 1) {
      const auto first = items_.begin() + places.start;
      items_.insert(items_.erase(first, first + places.count), values.begin(), values.end());
      return;
    }
    if (static_cast<std::size_t>(places.count) != values.size()) {
      throw ValueError(
          fmt::format("attempt to assign sequence of size {} to extended slice of size {}",
                      values.size(),
                      places.count));
    }
    for (std::int64_t i = 0; i < places.count; ++i) {
      items_[places[i]] = values[static_cast<std::size_t>(i)];
    }
  }

  std::mutex mutex_;  // Guards what follows.
  std::vector<Value> items_;
};

std::span<const Method<ListObject>> ListObject::methods() {
  static constexpr std::array<Method<ListObject>, 21> table{{
      {"__getitem__", &ListObject::get_item},
      {"__setitem__", &ListObject::set_item},
      {"append", &ListObject::append},
      {"__len__", &ListObject::len},
      {"__add__", &ListObject::add},
      {"__contains__", &ListObject::contains},
      {"__delitem__", &ListObject::del_item},
      {"__mul__", &ListObject::mul},
      {"__reversed__", &ListObject::reversed},
      {"__rmul__", &ListObject::mul},
      {"count", &ListObject::count},
      {"extend", &ListObject::extend},
      {"index", &ListObject::index},
      {"insert", &ListObject::insert},
      {"pop", &ListObject::pop},
      {"remove", &ListObject::remove},
      {"reverse", &ListObject::reverse},
      {"sort", &ListObject::sort},
      {"__imul__", &ListObject::imul},
      {"clear", &ListObject::clear},
      {"copy", &ListObject::copied},
  }};
  return table;
}

}  // namespace

Served list_from(const Arguments& arguments) {
  arguments.expect_at_most(1);
  const Value* const items = arguments.find(0, "iterable");
  return make_list(items == nullptr ? std::vector<Value>() : iterated(*items));
}

}  // namespace progeny::multiprocessing::managers::detail

namespace progeny::multiprocessing::managers {

Served make_list(std::vector<pickle::Value> items) {
  return std::make_shared<detail::ListObject>(std::move(items));
}

}  // namespace progeny::multiprocessing::managers
