// How nodes are owned, and freed without a deep stack.

#include "pickle/value/node.hpp"

#include <utility>

namespace progeny::pickle {

using detail::DictNode;
using detail::ListNode;
using detail::Node;
using detail::NodeAccess;
using detail::ObjectNode;
using detail::SetNode;
using detail::TextNode;

namespace {

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

}  // namespace detail

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

void Value::release() noexcept {
  if (Node* const last = NodeAccess::take_last(*this)) {
    free_all(last);
  }
}

}  // namespace progeny::pickle
