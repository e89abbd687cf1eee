#include <progeny/pickle/value.hpp>

#include "pickle/hash.hpp"
#include "pickle/integers.hpp"
#include "pickle/node.hpp"
#include "pickle/wtf8.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace progeny::pickle {

using detail::DictNode;
using detail::ListNode;
using detail::Node;
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

void free_memory(Node* node) noexcept {
  switch (node->kind) {
    case Kind::tuple:
    case Kind::list:
      delete static_cast<ListNode*>(node);
      break;
    case Kind::dict:
      delete static_cast<DictNode*>(node);
      break;
    case Kind::set:
    case Kind::frozenset:
      delete static_cast<SetNode*>(node);
      break;
    case Kind::global:
      delete static_cast<detail::GlobalNode*>(node);
      break;
    case Kind::object:
      delete static_cast<ObjectNode*>(node);
      break;
    default:
      delete static_cast<TextNode*>(node);
      break;
  }
}

bool drop_last(std::atomic<std::uint32_t>& count) noexcept {
  return count.load(std::memory_order_acquire) == 1 ||
         count.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

void unobserve(Node* node) noexcept {
  if (drop_last(node->observers)) {
    free_memory(node);
  }
}

// Adds the nodes that nobody else owns to a chain, instead of freeing them one in another: that
// would need as deep a stack as they are nested.
class Chain {
 public:
  void add(Node* node) noexcept {
    node->next = first_;
    first_ = node;
  }
  void add(Value& value) noexcept {
    if (Node* const node = NodeAccess::take_last(value)) {
      add(node);
    }
  }
  void add(std::vector<Value>& values) noexcept {
    for (Value& value : values) {
      add(value);
    }
    values.clear();
  }
  void add(std::vector<Value::Pair>& pairs) noexcept {
    for (auto& [key, value] : pairs) {
      add(key);
      add(value);
    }
    pairs.clear();
  }
  [[nodiscard]] Node* take() noexcept {
    Node* const node = first_;
    if (node != nullptr) {
      first_ = node->next;
    }
    return node;
  }

 private:
  Node* first_ = nullptr;
};

void empty_into(Chain& chain, Node& node) noexcept {
  switch (node.kind) {
    case Kind::tuple:
    case Kind::list:
      chain.add(static_cast<ListNode&>(node).items);
      break;
    case Kind::dict:
      chain.add(static_cast<DictNode&>(node).pairs);
      static_cast<DictNode&>(node).index.clear();
      break;
    case Kind::set:
    case Kind::frozenset:
      chain.add(static_cast<SetNode&>(node).items);
      static_cast<SetNode&>(node).index.clear();
      break;
    case Kind::object: {
      Recipe& recipe = static_cast<ObjectNode&>(node).recipe;
      chain.add(recipe.callable);
      chain.add(recipe.args);
      chain.add(recipe.kwargs);
      chain.add(recipe.items);
      chain.add(recipe.pairs);
      chain.add(recipe.states);
      break;
    }
    default:
      break;
  }
}

void free_all(Node* last) noexcept {
  Chain chain;
  chain.add(last);
  while (Node* const node = chain.take()) {
    empty_into(chain, *node);
    unobserve(node);
  }
}

// An owner more, unless the node has none: then it has lost its contents.
bool own_again(Node* node) noexcept {
  std::uint32_t owners = node->owners.load(std::memory_order_relaxed);
  while (owners != 0) {
    if (node->owners.compare_exchange_weak(owners, owners + 1, std::memory_order_acquire)) {
      return true;
    }
  }
  return false;
}

std::vector<Value>& items_of(const Value& value) {
  return is_set(value.kind()) ? NodeAccess::as<SetNode>(value).items
                              : NodeAccess::as<ListNode>(value).items;
}

}  // namespace

namespace detail {

void NodeAccess::weaken(Value& value) noexcept {
  Node* const node = value.number_.node;
  node->observers.fetch_add(1, std::memory_order_relaxed);
  value.is_weak_ = true;
  if (drop_last(node->owners)) {
    free_all(node);
  }
}

Node* NodeAccess::take_last(Value& value) noexcept {
  if (!has_node(value)) {
    return nullptr;
  }
  Node* const node = value.number_.node;
  const bool is_weak = value.is_weak_;
  value.kind_ = Kind::none;
  value.is_big_ = false;
  value.is_weak_ = false;
  value.number_ = {};
  if (is_weak) {
    unobserve(node);
    return nullptr;
  }
  if (!drop_last(node->owners)) {
    return nullptr;
  }
  node->owners.store(0, std::memory_order_relaxed);
  return node;
}

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

std::string_view name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::floating:
      return "float";
    case Kind::text:
      return "str";
    case Kind::bytes:
      return "bytes";
    case Kind::bytearray:
      return "bytearray";
    case Kind::tuple:
      return "tuple";
    case Kind::list:
      return "list";
    case Kind::dict:
      return "dict";
    case Kind::set:
      return "set";
    case Kind::frozenset:
      return "frozenset";
    case Kind::global:
      return "global";
    case Kind::object:
      return "object";
  }
  return "unknown";
}

Value::Value(std::string_view text) {
  if (const std::size_t bad = detail::invalid_wtf8(text); bad != std::string_view::npos) {
    throw ValueError(
        fmt::format("a str must be UTF-8, which ends at byte {} of {}", bad, text.size()));
  }
  *this = NodeAccess::text(text);
}

Value::Value(const Value& other) noexcept
    : kind_(other.kind_), is_big_(other.is_big_), number_(other.number_) {
  if (!NodeAccess::has_node(other)) {
    return;
  }
  if (!other.is_weak_) {
    number_.node->owners.fetch_add(1, std::memory_order_relaxed);
  } else if (!own_again(number_.node)) {
    number_.node->observers.fetch_add(1, std::memory_order_relaxed);
    is_weak_ = true;
  }
}

Value::Value(Value&& other) noexcept
    : kind_(std::exchange(other.kind_, Kind::none)),
      is_big_(std::exchange(other.is_big_, false)),
      is_weak_(std::exchange(other.is_weak_, false)),
      number_(std::exchange(other.number_, {})) {}

Value& Value::operator=(const Value& other) noexcept {
  if (this != &other) {
    *this = Value(other);
  }
  return *this;
}

Value& Value::operator=(Value&& other) noexcept {
  if (this != &other) {
    Node* const last = NodeAccess::take_last(*this);
    kind_ = std::exchange(other.kind_, Kind::none);
    is_big_ = std::exchange(other.is_big_, false);
    is_weak_ = std::exchange(other.is_weak_, false);
    number_ = std::exchange(other.number_, {});
    if (last != nullptr) {
      free_all(last);
    }
  }
  return *this;
}

Value::~Value() {
  if (Node* const last = NodeAccess::take_last(*this)) {
    free_all(last);
  }
}

Value Value::from_integer(std::int64_t value) noexcept {
  Value made;
  made.kind_ = Kind::integer;
  made.number_.integer = value;
  return made;
}

Value Value::from_integer(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return from_integer(static_cast<std::int64_t>(value));
  }
  std::string bytes;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    bytes += static_cast<char>(value >> shift);
  }
  return integer(bytes + '\0');
}

Value detail::NodeAccess::big(std::string bytes) {
  Value made = make<TextNode>(Kind::integer, std::move(bytes));
  made.is_big_ = true;
  return made;
}

Value Value::integer(std::string_view little_endian) {
  const std::string_view bytes = detail::shortest(little_endian);
  if (bytes.size() <= sizeof(std::int64_t)) {
    return from_integer(detail::small_integer(bytes));
  }
  return NodeAccess::big(std::string(bytes));
}

Value Value::integer_from_decimal(std::string_view digits) {
  return integer(detail::from_decimal(digits));
}

Value Value::bytes(std::string_view data) {
  return NodeAccess::make<TextNode>(Kind::bytes, std::string(data));
}

Value Value::bytearray(std::string_view data) {
  return NodeAccess::make<TextNode>(Kind::bytearray, std::string(data));
}

Value Value::list(std::vector<Value> items) {
  return NodeAccess::make<ListNode>(Kind::list, std::move(items));
}

Value Value::tuple(std::vector<Value> items) {
  return NodeAccess::make<ListNode>(Kind::tuple, std::move(items));
}

Value Value::dict(std::vector<Pair> items) {
  Value made = NodeAccess::make<DictNode>();
  for (auto& [key, value] : items) {
    detail::set_in_dict(NodeAccess::as<DictNode>(made), std::move(key), std::move(value));
  }
  return made;
}

Value Value::set(std::vector<Value> items) {
  Value made = NodeAccess::make<SetNode>(Kind::set);
  for (Value& item : items) {
    detail::add_to_set(NodeAccess::as<SetNode>(made), std::move(item));
  }
  return made;
}

Value Value::frozenset(std::vector<Value> items) {
  Value made = NodeAccess::make<SetNode>(Kind::frozenset);
  for (Value& item : items) {
    detail::add_to_set(NodeAccess::as<SetNode>(made), std::move(item));
  }
  return made;
}

Value Value::global(std::string_view module, std::string_view name) {
  return NodeAccess::make<detail::GlobalNode>(Global{std::string(module), std::string(name)});
}

Value Value::reduce(Value callable, std::vector<Value> args) {
  Recipe recipe;
  recipe.callable = std::move(callable);
  recipe.args = tuple(std::move(args));
  return NodeAccess::make<ObjectNode>(std::move(recipe));
}

Value Value::object(Value cls, std::vector<Value> args, Value state) {
  Recipe recipe;
  recipe.how = Recipe::How::new_object;
  recipe.callable = std::move(cls);
  recipe.args = tuple(std::move(args));
  if (!state.is_none()) {
    recipe.states.push_back(std::move(state));
  }
  return NodeAccess::make<ObjectNode>(std::move(recipe));
}

bool Value::is(const Value& other) const noexcept {
  if (kind_ != other.kind_ || is_big_ != other.is_big_) {
    return false;
  }
  return kind_ == Kind::none || number_.integer == other.number_.integer;
}

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
