#include <progeny/multiprocessing/managers/containers.hpp>

#include <utility>

namespace progeny::multiprocessing::managers {

namespace {

using pickle::Value;

std::size_t length_of(const BaseProxy& proxy) {
  return static_cast<std::size_t>(proxy.call("__len__").as_int());
}

Value slice_of(const Value& start, const Value& stop) {
  return Value::reduce(Value::global("builtins", "slice"), {start, stop, Value()});
}

// What `keys` and the like return: a list, which older Pythons write as a call of `list`.
std::vector<Value> items_of(const Value& value) {
  if (value.kind() == pickle::Kind::object && value.as_object().args.size() == 1) {
    return value.as_object().args.at_index(0).items();
  }
  return value.items();
}

}  // namespace

std::optional<Value> IteratorProxy::next() const {
  try {
    return call("__next__");
  } catch (const RemoteError& error) {
    if (error.type_name() == "StopIteration") {
      return std::nullopt;
    }
    throw;
  }
}

std::size_t ListProxy::size() const {
  return length_of(*this);
}
Value ListProxy::at(std::int64_t index) const {
  return call("__getitem__", index);
}
void ListProxy::set(std::int64_t index, const Value& value) const {
  call("__setitem__", index, value);
}
void ListProxy::erase(std::int64_t index) const {
  call("__delitem__", index);
}
std::vector<Value> ListProxy::slice(std::int64_t start, std::int64_t stop) const {
  return call("__getitem__", slice_of(start, stop)).items();
}
void ListProxy::append(const Value& value) const {
  call("append", value);
}
void ListProxy::extend(std::vector<Value> values) const {
  call("extend", Value::list(std::move(values)));
}
void ListProxy::insert(std::int64_t index, const Value& value) const {
  call("insert", index, value);
}
Value ListProxy::pop(std::int64_t index) const {
  return call("pop", index);
}
void ListProxy::remove(const Value& value) const {
  call("remove", value);
}
std::int64_t ListProxy::index(const Value& value) const {
  return call("index", value).as_int();
}
std::int64_t ListProxy::count(const Value& value) const {
  return call("count", value).as_int();
}
bool ListProxy::contains(const Value& value) const {
  return call("__contains__", value).as_bool();
}
void ListProxy::sort(bool reverse) const {
  call_with("sort", {}, {{"reverse", reverse}});
}
void ListProxy::reverse() const {
  call("reverse");
}
std::vector<Value> ListProxy::copy() const {
  return call("__getitem__", slice_of(Value(), Value())).items();
}

std::size_t DictProxy::size() const {
  return length_of(*this);
}
Value DictProxy::at(const Value& key) const {
  return call("__getitem__", key);
}
Value DictProxy::get(const Value& key, const Value& otherwise) const {
  return call("get", key, otherwise);
}
void DictProxy::set(const Value& key, const Value& value) const {
  call("__setitem__", key, value);
}
void DictProxy::erase(const Value& key) const {
  call("__delitem__", key);
}
bool DictProxy::contains(const Value& key) const {
  return call("__contains__", key).as_bool();
}
Value DictProxy::pop(const Value& key) const {
  return call("pop", key);
}
Value DictProxy::pop(const Value& key, const Value& otherwise) const {
  return call("pop", key, otherwise);
}
Value::Pair DictProxy::popitem() const {
  const Value pair = call("popitem");
  return {pair.at_index(0), pair.at_index(1)};
}
Value DictProxy::setdefault(const Value& key, const Value& otherwise) const {
  return call("setdefault", key, otherwise);
}
void DictProxy::update(std::vector<Value::Pair> items) const {
  call("update", Value::dict(std::move(items)));
}
void DictProxy::clear() const {
  call("clear");
}
std::vector<Value> DictProxy::keys() const {
  return items_of(call("keys"));
}
std::vector<Value> DictProxy::values() const {
  return items_of(call("values"));
}
std::vector<Value::Pair> DictProxy::items() const {
  std::vector<Value::Pair> pairs;
  for (const Value& pair : items_of(call("items"))) {
    pairs.emplace_back(pair.at_index(0), pair.at_index(1));
  }
  return pairs;
}
IteratorProxy DictProxy::iter() const {
  return IteratorProxy(call_for_proxy("__iter__"));
}

Value NamespaceProxy::get(std::string_view name) const {
  return call("__getattribute__", name);
}
void NamespaceProxy::set(std::string_view name, const Value& value) const {
  call("__setattr__", name, value);
}
void NamespaceProxy::erase(std::string_view name) const {
  call("__delattr__", name);
}

Value ValueProxy::get() const {
  return call("get");
}
void ValueProxy::set(const Value& value) const {
  call("set", value);
}

std::size_t ArrayProxy::size() const {
  return length_of(*this);
}
Value ArrayProxy::at(std::int64_t index) const {
  return call("__getitem__", index);
}
void ArrayProxy::set(std::int64_t index, const Value& value) const {
  call("__setitem__", index, value);
}

}  // namespace progeny::multiprocessing::managers
