#include "pickle/value/cycles.hpp"

#include "pickle/value/children.hpp"

#include <unordered_map>

namespace progeny::pickle::detail {

namespace {

// A walk in depth, each node once. A value that leads to a node whose walk is not done closes a
// cycle.
class Walk {
 public:
  void from(const Value& value) {
    enter(value);
    while (!path_.empty()) {
      Step& step = path_.back();
      if (step.next == step.children.size()) {
        is_done_[step.node] = true;
        path_.pop_back();
        continue;
      }
      Value& child = *step.children[step.next++];
      if (!NodeAccess::has_node(child) || NodeAccess::is_weak(child)) {
        continue;
      }
      const auto known = is_done_.find(NodeAccess::node(child));
      if (known == is_done_.end()) {
        enter(child);
      } else if (!known->second) {
        NodeAccess::weaken(child);
      }
    }
  }

 private:
  struct Step {
    Node* node;
    std::vector<Value*> children;
    std::size_t next = 0;
  };

  void enter(const Value& value) {
    if (!NodeAccess::has_node(value) || !is_done_.emplace(NodeAccess::node(value), false).second) {
      return;
    }
    Step step{.node = NodeAccess::node(value), .children = {}};
    for_each_child(*step.node, [&](Value& child) { step.children.push_back(&child); });
    path_.push_back(std::move(step));
  }

  std::unordered_map<Node*, bool> is_done_;
  std::vector<Step> path_;
};

}  // namespace

void open_cycles(Value& first, std::vector<Value>& others) {
  Walk walk;
  walk.from(first);
  for (const Value& other : others) {
    walk.from(other);
  }
}

}  // namespace progeny::pickle::detail
