#pragma once

// The values that a node refers to.

#include "pickle/value/node.hpp"

namespace progeny::pickle::detail {

template <class Visit>
void for_each_child(Node& node, const Visit& visit) {
  const auto all = [&](std::vector<Value>& values) {
    for (Value& value : values) {
      visit(value);
    }
  };
  const auto both = [&](std::vector<Value::Pair>& pairs) {
    for (auto& [key, value] : pairs) {
      visit(key);
      visit(value);
    }
  };
  switch (node.kind) {
    case Kind::tuple:
    case Kind::list:
      all(static_cast<ListNode&>(node).items);
      break;
    case Kind::dict:
      both(static_cast<DictNode&>(node).pairs);
      break;
    case Kind::set:
    case Kind::frozenset:
      all(static_cast<SetNode&>(node).items);
      break;
    case Kind::object: {
      Recipe& recipe = static_cast<ObjectNode&>(node).recipe;
      visit(recipe.callable);
      visit(recipe.args);
      visit(recipe.kwargs);
      all(recipe.items);
      both(recipe.pairs);
      all(recipe.states);
      break;
    }
    default:
      break;
  }
}

}  // namespace progeny::pickle::detail
