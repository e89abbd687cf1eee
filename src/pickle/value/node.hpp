#pragma once

// What the copies of a value share. A node counts its owners, the values that keep it alive, and
// its observers: all owners together, and each value that closes a cycle. Without owners a node
// loses its contents; without observers, its memory. So a value that closes a cycle and has
// outlived its node sees an empty one.

#include "pickle/value/hash_index.hpp"

#include <progeny/pickle/value.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace progeny::pickle::detail {

struct Node {
  explicit Node(Kind which) : kind(which) {}

  // Owners are added while there is one, so only the last decrement has to see what others did.
  std::atomic<std::uint32_t> owners = 1;
  std::atomic<std::uint32_t> observers = 1;
  Kind kind;
  std::uint32_t depth = 0;  // Levels below it, as far as a reader knows.
  Node* next = nullptr;     // In the chain of those that are about to lose their contents.
};

// A str, bytes or bytearray, or an int that is too large for 64 bits: as two's complement, the
// lowest byte first, as short as possible.
struct TextNode : Node {
  TextNode(Kind which, std::string text) : Node(which), contents(std::move(text)) {}
  std::string contents;
};

struct ListNode : Node {  // And a tuple.
  ListNode(Kind which, std::vector<Value> values) : Node(which), items(std::move(values)) {}
  std::vector<Value> items;
};

struct SetNode : Node {  // And a frozenset.
  explicit SetNode(Kind which) : Node(which) {}
  std::vector<Value> items;
  HashIndex index;
};

struct DictNode : Node {
  DictNode() : Node(Kind::dict) {}
  std::vector<Value::Pair> pairs;
  HashIndex index;
};

struct GlobalNode : Node {
  explicit GlobalNode(Global names) : Node(Kind::global), global(std::move(names)) {}
  Global global;
};

struct ObjectNode : Node {
  explicit ObjectNode(Recipe parts) : Node(Kind::object), recipe(std::move(parts)) {}
  Recipe recipe;
};

// What the parts of the library may do with a value.
class NodeAccess {
 public:
  [[nodiscard]] static bool has_node(const Value& value) noexcept {
    return value.kind_ >= Kind::text || value.is_big_;
  }
  [[nodiscard]] static Node* node(const Value& value) noexcept { return value.number_.node; }
  template <class T>
  [[nodiscard]] static T& as(const Value& value) noexcept {
    return static_cast<T&>(*value.number_.node);
  }
  [[nodiscard]] static bool is_big(const Value& value) noexcept { return value.is_big_; }
  [[nodiscard]] static bool is_weak(const Value& value) noexcept { return value.is_weak_; }
  [[nodiscard]] static std::int64_t integer(const Value& value) noexcept {
    return value.number_.integer;
  }
  [[nodiscard]] static double floating(const Value& value) noexcept {
    return value.number_.floating;
  }

  // Takes over a new node.
  [[nodiscard]] static Value adopt(Node* node) noexcept { return {node->kind, node}; }
  template <class T, class... Args>
  [[nodiscard]] static Value make(Args&&... args) {
    return adopt(new T(std::forward<Args>(args)...));
  }
  // Text that is known to be UTF-8.
  [[nodiscard]] static Value text(std::string_view text) {
    return make<TextNode>(Kind::text, std::string(text));
  }
  // From the shortest two's complement of more than 64 bits.
  [[nodiscard]] static Value big(std::string bytes);
  // Makes a value that owns its node one that does not.
  static void weaken(Value& value) noexcept;
  // Empties the value. Returns its node if nobody else owns it.
  [[nodiscard]] static Node* take_last(Value& value) noexcept;
};

// Adds the index of `item` to the set, unless it has an equal one.
bool add_to_set(SetNode& set, Value item);
void set_in_dict(DictNode& dict, Value key, Value value);

}  // namespace progeny::pickle::detail
