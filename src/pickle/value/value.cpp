// Making values.

#include <progeny/pickle/value.hpp>

#include "pickle/value/integers.hpp"
#include "pickle/value/node.hpp"
#include "pickle/value/wtf8.hpp"

#include <progeny/base/errors.hpp>

#include <limits>

namespace progeny::pickle {

using detail::DictNode;
using detail::ListNode;
using detail::NodeAccess;
using detail::ObjectNode;
using detail::SetNode;
using detail::TextNode;

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
  detail::require_wtf8(text);
  *this = NodeAccess::text(text);
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

}  // namespace progeny::pickle
