// What values have in them.

#include "pickle/value/hash.hpp"
#include "pickle/value/integers.hpp"
#include "pickle/value/node.hpp"
#include "pickle/value/wtf8.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/pickle/value.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace progeny::pickle {

using detail::DictNode;
using detail::ListNode;
using detail::NodeAccess;
using detail::ObjectNode;
using detail::SetNode;
using detail::TextNode;

namespace {

[[noreturn]] void throw_kind(const Value& value, std::string_view wanted) {
  throw TypeError(fmt::format(
      "{} is wanted where there is {}: {}", wanted, name_of(value.kind()), value.repr(80)));
}

bool is_sequence(Kind kind) {
  return kind == Kind::list || kind == Kind::tuple;
}

bool is_set(Kind kind) {
  return kind == Kind::set || kind == Kind::frozenset;
}

std::vector<Value>& items_of(const Value& value) {
  return is_set(value.kind()) ? NodeAccess::as<SetNode>(value).items
                              : NodeAccess::as<ListNode>(value).items;
}

}  // namespace

namespace detail {

bool add_to_set(SetNode& set, Value item) {
  const std::uint64_t hash = hash_of(item);
  if (set.index.find(hash, [&](std::size_t i) { return set.items[i] == item; }) !=
      HashIndex::none) {
    return false;
  }
  set.items.push_back(std::move(item));
  set.index.push(hash);
  return true;
}

void set_in_dict(DictNode& dict, Value key, Value value) {
  const std::uint64_t hash = hash_of(key);
  const std::size_t at =
      dict.index.find(hash, [&](std::size_t i) { return dict.pairs[i].first == key; });
  if (at != HashIndex::none) {
    dict.pairs[at].second = std::move(value);
    return;
  }
  dict.pairs.emplace_back(std::move(key), std::move(value));
  dict.index.push(hash);
}

}  // namespace detail

bool Value::as_bool() const {
  if (kind_ != Kind::boolean) {
    throw_kind(*this, "a bool");
  }
  return number_.integer != 0;
}

std::int64_t Value::as_int() const {
  if (kind_ != Kind::integer && kind_ != Kind::boolean) {
    throw_kind(*this, "an int");
  }
  if (is_big_) {
    throw OverflowError(fmt::format("an int of {} bits does not fit into 64",
                                    NodeAccess::as<TextNode>(*this).contents.size() * 8));
  }
  return number_.integer;
}

double Value::as_float() const {
  if (kind_ == Kind::floating) {
    return number_.floating;
  }
  if (is_big_) {
    const double value = detail::to_double(NodeAccess::as<TextNode>(*this).contents);
    if (std::isinf(value)) {
      throw OverflowError("an int is too large to be a float");
    }
    return value;
  }
  if (kind_ != Kind::integer && kind_ != Kind::boolean) {
    throw_kind(*this, "a float");
  }
  return static_cast<double>(number_.integer);
}

std::string_view Value::as_text() const {
  if (kind_ != Kind::text) {
    throw_kind(*this, "a str");
  }
  return NodeAccess::as<TextNode>(*this).contents;
}

std::string_view Value::as_bytes() const {
  if (kind_ != Kind::bytes && kind_ != Kind::bytearray) {
    throw_kind(*this, "bytes");
  }
  return NodeAccess::as<TextNode>(*this).contents;
}

std::string Value::int_bytes() const {
  return is_big_ ? NodeAccess::as<TextNode>(*this).contents : detail::bytes_of(as_int());
}

std::string Value::int_decimal() const {
  return is_big_ ? detail::to_decimal(NodeAccess::as<TextNode>(*this).contents)
                 : fmt::to_string(as_int());
}

std::string& Value::buffer() const {
  if (kind_ != Kind::bytearray) {
    throw_kind(*this, "a bytearray");
  }
  return NodeAccess::as<TextNode>(*this).contents;
}

const std::vector<Value>& Value::items() const {
  if (!is_sequence(kind_) && !is_set(kind_)) {
    throw_kind(*this, "a list, tuple or set");
  }
  return items_of(*this);
}

std::vector<Value>& Value::list_items() const {
  if (kind_ != Kind::list) {
    throw_kind(*this, "a list");
  }
  return items_of(*this);
}

const std::vector<Value::Pair>& Value::pairs() const {
  if (kind_ != Kind::dict) {
    throw_kind(*this, "a dict");
  }
  return NodeAccess::as<DictNode>(*this).pairs;
}

const Global& Value::as_global() const {
  if (kind_ != Kind::global) {
    throw_kind(*this, "a global");
  }
  return NodeAccess::as<detail::GlobalNode>(*this).global;
}

Recipe& Value::as_object() const {
  if (kind_ != Kind::object) {
    throw_kind(*this, "an object");
  }
  return NodeAccess::as<ObjectNode>(*this).recipe;
}

std::size_t Value::size() const {
  if (kind_ == Kind::text) {
    return detail::count_characters(as_text());
  }
  if (kind_ == Kind::bytes || kind_ == Kind::bytearray) {
    return as_bytes().size();
  }
  return kind_ == Kind::dict ? pairs().size() : items().size();
}

const Value* Value::find(const Value& key) const {
  const std::vector<Pair>& all = pairs();
  const std::size_t at = NodeAccess::as<DictNode>(*this).index.find(
      detail::hash_of(key), [&](std::size_t i) { return all[i].first == key; });
  return at == detail::HashIndex::none ? nullptr : &all[at].second;
}

const Value& Value::at(const Value& key) const {
  const Value* const value = find(key);
  if (value == nullptr) {
    throw KeyError(key.repr(200));
  }
  return *value;
}

const Value& Value::at_index(std::int64_t index) const {
  if (!is_sequence(kind_)) {
    throw_kind(*this, "a list or tuple");
  }
  const std::vector<Value>& all = items_of(*this);
  const auto count = static_cast<std::int64_t>(all.size());
  const std::int64_t from_begin = index < 0 ? index + count : index;
  if (from_begin < 0 || from_begin >= count) {
    throw IndexError(fmt::format("{} index out of range", name_of(kind_)));
  }
  return all[static_cast<std::size_t>(from_begin)];
}

void Value::set_item(const Value& key, Value value) const {
  static_cast<void>(pairs());
  detail::set_in_dict(NodeAccess::as<DictNode>(*this), key, std::move(value));
}

bool Value::erase(const Value& key) const {
  static_cast<void>(pairs());
  auto& dict = NodeAccess::as<DictNode>(*this);
  const std::size_t at = dict.index.find(detail::hash_of(key),
                                         [&](std::size_t i) { return dict.pairs[i].first == key; });
  if (at == detail::HashIndex::none) {
    return false;
  }
  const Pair gone = std::move(dict.pairs[at]);
  dict.pairs.erase(dict.pairs.begin() + static_cast<std::ptrdiff_t>(at));
  dict.index.erase(at);
  return true;
}

void Value::append(Value item) const {
  list_items().push_back(std::move(item));
}

bool Value::add(const Value& item) const {
  if (kind_ != Kind::set) {
    throw_kind(*this, "a set");
  }
  return detail::add_to_set(NodeAccess::as<SetNode>(*this), item);
}

bool Value::contains(const Value& item) const {
  if (kind_ == Kind::dict) {
    return find(item) != nullptr;
  }
  if (is_set(kind_)) {
    const auto& set = NodeAccess::as<SetNode>(*this);
    return set.index.find(detail::hash_of(item), [&](std::size_t i) {
      return set.items[i] == item;
    }) != detail::HashIndex::none;
  }
  return std::ranges::find(items(), item) != items().end();
}

}  // namespace progeny::pickle
