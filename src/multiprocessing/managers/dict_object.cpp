// A dict in a server, and iterators.

#include "multiprocessing/managers/method_table.hpp"

#include <array>

namespace progeny::multiprocessing::managers::detail {

namespace {

using pickle::Kind;
using pickle::Value;

[[noreturn]] void throw_key_error(const Value& key) {
  throw RemoteError("builtins", "KeyError", {key});
}

// Gives items one by one. `is_valid` says whether what they came from is unchanged.
class IteratorObject final : public TableObject<IteratorObject> {
 public:
  IteratorObject(std::vector<Value> items, std::function<bool()> is_valid)
      : items_(std::move(items)), is_valid_(std::move(is_valid)) {}

  [[nodiscard]] static std::span<const Method<IteratorObject>> methods() {
    static constexpr std::array<Method<IteratorObject>, 1> table{
        {{"__next__", &IteratorObject::next}}};
    return table;
  }
  [[nodiscard]] std::string repr() override { return "<iterator of a managed object>"; }

  Reply next(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    if (next_ == items_.size()) {
      throw RemoteError("builtins", "StopIteration", {});
    }
    if (is_valid_ && !is_valid_()) {
      throw RuntimeError("dictionary changed size during iteration");
    }
    return value_reply(items_[next_++]);
  }

 private:
  std::mutex mutex_;  // Guards what follows.
  std::vector<Value> items_;
  std::function<bool()> is_valid_;
  std::size_t next_ = 0;
};

class DictObject final : public TableObject<DictObject>,
                         public std::enable_shared_from_this<DictObject> {
 public:
  explicit DictObject(std::vector<Value::Pair> items) : items_(Value::dict(std::move(items))) {}

  [[nodiscard]] static std::span<const Method<DictObject>> methods();
  [[nodiscard]] std::string repr() override { return value().repr(); }
  [[nodiscard]] Value value() override {
    const std::scoped_lock lock(mutex_);
    return Value::dict(items_.pairs());
  }

  Reply contains(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    const std::scoped_lock lock(mutex_);
    return value_reply(items_.find(key) != nullptr);
  }
  Reply del_item(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    const std::scoped_lock lock(mutex_);
    if (!items_.erase(key)) {
      throw_key_error(key);
    }
    return {};
  }
  Reply get_item(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    const std::scoped_lock lock(mutex_);
    const Value* const found = items_.find(key);
    if (found == nullptr) {
      throw_key_error(key);
    }
    return value_reply(*found);
  }
  Reply iter(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::vector<Value> keys = iterated(value());
    const auto is_valid = [self = shared_from_this(), size = keys.size()] {
      const std::scoped_lock lock(self->mutex_);
      return self->items_.size() == size;
    };
    return {.object = std::make_shared<IteratorObject>(keys, is_valid), .typeid_name = "Iterator"};
  }
  Reply len(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    return value_reply(items_.size());
  }
  Reply set_item(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    Value value = arguments.get<Value>(1, "value");
    const std::scoped_lock lock(mutex_);
    items_.set_item(key, std::move(value));
    return {};
  }
  Reply clear(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    items_ = Value::dict();
    return {};
  }
  Reply copy(const Arguments& /*arguments*/, Session& /*session*/) { return value_reply(value()); }
  Reply get(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    const std::scoped_lock lock(mutex_);
    const Value* const found = items_.find(key);
    return value_reply(found != nullptr ? *found : arguments.get<Value>(1, "default", Value()));
  }
  Reply items(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    std::vector<Value> pairs;
    for (const Value::Pair& pair : items_.pairs()) {
      pairs.push_back(Value::tuple({pair.first, pair.second}));
    }
    return value_reply(Value::list(std::move(pairs)));
  }
  Reply keys(const Arguments& /*arguments*/, Session& /*session*/) {
    return value_reply(Value::list(iterated(value())));
  }
  Reply values(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    std::vector<Value> all;
    for (const Value::Pair& pair : items_.pairs()) {
      all.push_back(pair.second);
    }
    return value_reply(Value::list(std::move(all)));
  }
  Reply pop(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    const std::scoped_lock lock(mutex_);
    const Value* const found = items_.find(key);
    if (found == nullptr) {
      const Value* const otherwise = arguments.find(1, "default");
      if (otherwise == nullptr) {
        throw_key_error(key);
      }
      return value_reply(*otherwise);
    }
    Value value = *found;
    items_.erase(key);
    return value_reply(std::move(value));
  }
  Reply popitem(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    if (items_.size() == 0) {
      throw_key_error("popitem(): dictionary is empty");
    }
    const Value::Pair last = items_.pairs().back();
    items_.erase(last.first);
    return value_reply(Value::tuple({last.first, last.second}));
  }
  Reply setdefault(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    Value otherwise = arguments.get<Value>(1, "default", Value());
    const std::scoped_lock lock(mutex_);
    if (const Value* const found = items_.find(key); found != nullptr) {
      return value_reply(*found);
    }
    items_.set_item(key, otherwise);
    return value_reply(std::move(otherwise));
  }
  Reply update(const Arguments& arguments, Session& /*session*/);

 private:
  std::mutex mutex_;  // Guards what follows.
  Value items_;       // A dict that no reply shares.
};

// A dict, or pairs, and keywords: what Python's `dict()` takes.
std::vector<Value::Pair> pairs_of(const Arguments& arguments) {
  std::vector<Value::Pair> pairs;
  if (!arguments.args().empty()) {
    const Value& from = arguments.args()[0];
    if (from.kind() == Kind::dict) {
      pairs = from.pairs();
    } else {
      for (const Value& pair : iterated(from)) {
        const std::vector<Value> parts = iterated(pair);
        if (parts.size() != 2) {
          throw ValueError("an item of a dict needs a key and a value: " + pair.repr(200));
        }
        pairs.emplace_back(parts[0], parts[1]);
      }
    }
  }
  if (arguments.args().size() > 1) {
    throw TypeError("a dict is made from at most 1 positional argument");
  }
  pairs.insert(pairs.end(), arguments.kwds().begin(), arguments.kwds().end());
  return pairs;
}

Reply DictObject::update(const Arguments& arguments, Session& /*session*/) {
  const Value more = Value::dict(pairs_of(arguments));  // Throws for a key that has no hash.
  const std::scoped_lock lock(mutex_);
  for (const Value::Pair& pair : more.pairs()) {
    items_.set_item(pair.first, pair.second);
  }
  return {};
}

std::span<const Method<DictObject>> DictObject::methods() {
  static constexpr std::array<Method<DictObject>, 16> table{{
      {"__getitem__", &DictObject::get_item},
      {"__setitem__", &DictObject::set_item},
      {"__contains__", &DictObject::contains},
      {"__delitem__", &DictObject::del_item},
      {"__iter__", &DictObject::iter},
      {"__len__", &DictObject::len},
      {"clear", &DictObject::clear},
      {"copy", &DictObject::copy},
      {"get", &DictObject::get},
      {"items", &DictObject::items},
      {"keys", &DictObject::keys},
      {"pop", &DictObject::pop},
      {"popitem", &DictObject::popitem},
      {"setdefault", &DictObject::setdefault},
      {"update", &DictObject::update},
      {"values", &DictObject::values},
  }};
  return table;
}

}  // namespace

Served dict_from(const Arguments& arguments) {
  return make_dict(pairs_of(arguments));
}

}  // namespace progeny::multiprocessing::managers::detail

namespace progeny::multiprocessing::managers {

Served make_dict(std::vector<pickle::Value::Pair> items) {
  return std::make_shared<detail::DictObject>(std::move(items));
}

Reply make_iterator(std::vector<pickle::Value> items) {
  return {
      .object = std::make_shared<detail::IteratorObject>(std::move(items), std::function<bool()>()),
      .typeid_name = "Iterator"};
}

}  // namespace progeny::multiprocessing::managers
