// Namespaces, values and arrays in a server.

#include "multiprocessing/managers/method_table.hpp"

#include <fmt/core.h>

#include <array>
#include <map>

namespace progeny::multiprocessing::managers::detail {

namespace {

using pickle::Kind;
using pickle::Value;

class NamespaceObject final : public TableObject<NamespaceObject> {
 public:
  explicit NamespaceObject(const std::vector<Value::Pair>& attributes) {
    for (const Value::Pair& pair : attributes) {
      attributes_.insert_or_assign(std::string(pair.first.as_text()), pair.second);
    }
  }

  [[nodiscard]] static std::span<const Method<NamespaceObject>> methods() {
    static constexpr std::array<Method<NamespaceObject>, 3> table{{
        {"__getattribute__", &NamespaceObject::get},
        {"__setattr__", &NamespaceObject::set},
        {"__delattr__", &NamespaceObject::del},
    }};
    return table;
  }
  [[nodiscard]] std::string repr() override {
    const std::scoped_lock lock(mutex_);
    std::string text;
    for (const auto& [name, value] : attributes_) {
      if (!name.starts_with('_')) {
        text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, value.repr());
      }
    }
    return fmt::format("Namespace({})", text);
  }
  [[nodiscard]] Value value() override {
    const std::scoped_lock lock(mutex_);
    std::vector<Value::Pair> pairs;
    for (const auto& [name, value] : attributes_) {
      pairs.emplace_back(name, value);
    }
    return Value::object(
        Value::global("multiprocessing.managers", "Namespace"), {}, Value::dict(std::move(pairs)));
  }

  Reply get(const Arguments& arguments, Session& /*session*/) {
    const auto name = arguments.get<std::string>(0, "name");
    const std::scoped_lock lock(mutex_);
    return value_reply(find(name)->second);
  }
  Reply set(const Arguments& arguments, Session& /*session*/) {
    const auto name = arguments.get<std::string>(0, "name");
    Value value = arguments.get<Value>(1, "value");
    const std::scoped_lock lock(mutex_);
    attributes_.insert_or_assign(name, std::move(value));
    return {};
  }
  Reply del(const Arguments& arguments, Session& /*session*/) {
    const auto name = arguments.get<std::string>(0, "name");
    const std::scoped_lock lock(mutex_);
    attributes_.erase(find(name));
    return {};
  }

 private:
  using Attributes = std::map<std::string, Value>;

  // The mutex is held.
  [[nodiscard]] Attributes::iterator find(const std::string& name) {
    const auto found = attributes_.find(name);
    if (found == attributes_.end()) {
      throw AttributeError(fmt::format("'Namespace' object has no attribute '{}'", name));
    }
    return found;
  }

  std::mutex mutex_;  // Guards what follows.
  Attributes attributes_;
};

class ValueObject final : public TableObject<ValueObject> {
 public:
  ValueObject(Value typecode, Value value)
      : typecode_(std::move(typecode)), value_(std::move(value)) {}

  [[nodiscard]] static std::span<const Method<ValueObject>> methods() {
    static constexpr std::array<Method<ValueObject>, 2> table{
        {{"get", &ValueObject::get}, {"set", &ValueObject::set}}};
    return table;
  }
  [[nodiscard]] std::string repr() override {
    const std::scoped_lock lock(mutex_);
    return fmt::format("Value({}, {})", typecode_.repr(), value_.repr());
  }
  [[nodiscard]] Value value() override {
    const std::scoped_lock lock(mutex_);
    return Value::object(Value::global("multiprocessing.managers", "Value"),
                         {},
                         Value::dict({{"_typecode", typecode_}, {"_value", value_}}));
  }

  Reply get(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    return value_reply(value_);
  }
  Reply set(const Arguments& arguments, Session& /*session*/) {
    Value value = arguments.get<Value>(0, "value");
    const std::scoped_lock lock(mutex_);
    value_ = std::move(value);
    return {};
  }

 private:
  std::mutex mutex_;  // Guards what follows.
  Value typecode_;
  Value value_;
};

class ArrayObject final : public TableObject<ArrayObject> {
 public:
  ArrayObject(std::string typecode, std::vector<Value> items)
      : typecode_(std::move(typecode)), items_(std::move(items)) {
    if (typecode_.size() != 1 ||
        std::string_view("bBhHiIlLqQfd").find(typecode_) == std::string_view::npos) {
      throw ValueError("bad typecode (must be b, B, h, H, i, I, l, L, q, Q, f or d)");
    }
    for (Value& item : items_) {
      item = checked(item);
    }
  }

  [[nodiscard]] static std::span<const Method<ArrayObject>> methods() {
    static constexpr std::array<Method<ArrayObject>, 3> table{{
        {"__len__", &ArrayObject::len},
        {"__getitem__", &ArrayObject::get_item},
        {"__setitem__", &ArrayObject::set_item},
    }};
    return table;
  }
  [[nodiscard]] std::string repr() override {
    const std::scoped_lock lock(mutex_);
    return items_.empty() ? fmt::format("array('{}')", typecode_)
                          : fmt::format("array('{}', {})", typecode_, Value::list(items_).repr());
  }
  [[nodiscard]] Value value() override {
    const std::scoped_lock lock(mutex_);
    return array_of(items_);
  }

  Reply len(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    return value_reply(items_.size());
  }
  Reply get_item(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    const std::scoped_lock lock(mutex_);
    const Places places = places_of(key, items_.size(), "array");
    if (!places.is_slice) {
      return value_reply(items_[places[0]]);
    }
    std::vector<Value> part;
    for (std::int64_t i = 0; i < places.count; ++i) {
      part.push_back(items_[places[i]]);
    }
    return value_reply(array_of(std::move(part)));
  }
  Reply set_item(const Arguments& arguments, Session& /*session*/) {
    const Value key = arguments.get<Value>(0, "key");
    const Value value = arguments.get<Value>(1, "value");
    const std::scoped_lock lock(mutex_);
    const Places places = places_of(key, items_.size(), "array assignment");
    if (places.is_slice) {
      throw TypeError("items of a managed array are assigned one by one");
    }
    items_[places[0]] = checked(value);
    return {};
  }

 private:
  [[nodiscard]] Value array_of(std::vector<Value> items) const {
    return Value::reduce(Value::global("array", "array"),
                         {typecode_, Value::list(std::move(items))});
  }
  // The item as the array keeps it. Throws TypeError or OverflowError.
  [[nodiscard]] Value checked(const Value& item) const {
    switch (typecode_[0]) {
      case 'f':
        return static_cast<double>(static_cast<float>(item.as_float()));
      case 'd':
        return item.as_float();
      case 'b':
        return pickle::to<std::int8_t>(item);
      case 'B':
        return pickle::to<std::uint8_t>(item);
      case 'h':
        return pickle::to<std::int16_t>(item);
      case 'H':
        return pickle::to<std::uint16_t>(item);
      case 'i':
        return pickle::to<std::int32_t>(item);
      case 'I':
        return pickle::to<std::uint32_t>(item);
      case 'l':
      case 'q':
        return item.as_int();
      default:
        break;
    }
    const std::string bytes = item.int_bytes();  // Two's complement: 9 bytes for the largest.
    if (bytes.size() > 9 ||
        (!bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U)) ||
        (bytes.size() == 9 && bytes.back() != '\0')) {
      throw OverflowError("the int " + item.repr() + " is out of range");
    }
    return item;
  }

  std::mutex mutex_;  // Guards what follows.
  const std::string typecode_;
  std::vector<Value> items_;
};

}  // namespace

Served namespace_from(const Arguments& arguments) {
  if (!arguments.args().empty()) {
    throw TypeError("a namespace is made from keyword arguments only");
  }
  return std::make_shared<NamespaceObject>(arguments.kwds());
}

Served value_from(const Arguments& arguments) {
  return std::make_shared<ValueObject>(arguments.get<Value>(0, "typecode"),
                                       arguments.get<Value>(1, "value"));
}

Served array_from(const Arguments& arguments) {
  return std::make_shared<ArrayObject>(arguments.get<std::string>(0, "typecode"),
                                       iterated(arguments.get<Value>(1, "sequence")));
}

}  // namespace progeny::multiprocessing::managers::detail
