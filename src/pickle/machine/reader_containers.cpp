// The instructions of a pickle that make and fill containers.

#include "pickle/machine/reader.hpp"
#include "pickle/value/node.hpp"

#include <fmt/format.h>

namespace progeny::pickle::detail {

void Reader::append_to(Value& container, std::vector<Value> items) {
  if (container.kind() != Kind::list && container.kind() != Kind::object) {
    fail(fmt::format("items are appended to a value of type {}", name_of(container.kind())));
  }
  std::vector<Value>& all =
      container.kind() == Kind::list ? container.list_items() : container.as_object().items;
  for (Value& item : items) {
    note_depth(container, item);
    all.push_back(std::move(item));
  }
  check_depth(container);
}

// Straight from the stack, where most of them are numbers.
bool Reader::append_to_list() {
  const std::size_t begin = marks_.empty() ? 0 : marks_.back();
  const std::size_t floor = marks_.size() < 2 ? 0 : marks_[marks_.size() - 2];
  if (begin <= floor || stack_[begin - 1].kind() != Kind::list) {
    return false;
  }
  Value& list = stack_[begin - 1];
  std::vector<Value>& all = list.list_items();
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(begin);
  for (auto item = first; item != stack_.end(); ++item) {
    note_depth(list, *item);
  }
  all.insert(all.end(), std::make_move_iterator(first), std::make_move_iterator(stack_.end()));
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  check_depth(list);
  return true;
}

void Reader::set_items_of(Value& container, std::vector<Value> items) {
  if (container.kind() != Kind::dict && container.kind() != Kind::object) {
    fail(fmt::format("keys are set in a value of type {}", name_of(container.kind())));
  }
  if (items.size() % 2 != 0) {
    fail("a key has no value");
  }
  charge(items.size() * cost_of_value);
  for (std::size_t i = 0; i < items.size(); i += 2) {
    note_depth(container, items[i]);
    note_depth(container, items[i + 1]);
    if (container.kind() == Kind::object) {
      container.as_object().pairs.emplace_back(std::move(items[i]), std::move(items[i + 1]));
      continue;
    }
    try {
      set_in_dict(
          NodeAccess::as<DictNode>(container), std::move(items[i]), std::move(items[i + 1]));
    } catch (const TypeError& error) {
      fail(error.what());
    } catch (const RuntimeError& error) {
      fail(error.what());
    }
  }
  check_depth(container);
}

void Reader::add_to(Value& container, std::vector<Value> items) {
  if (container.kind() == Kind::object) {
    append_to(container, std::move(items));
    return;
  }
  if (container.kind() != Kind::set && container.kind() != Kind::frozenset) {
    fail(fmt::format("items are added to a value of type {}", name_of(container.kind())));
  }
  charge(items.size() * cost_of_value);
  for (Value& item : items) {
    note_depth(container, item);
    try {
      add_to_set(NodeAccess::as<SetNode>(container), std::move(item));
    } catch (const TypeError& error) {
      fail(error.what());
    } catch (const RuntimeError& error) {
      fail(error.what());
    }
  }
  check_depth(container);
}

bool Reader::read_container(Opcode opcode) {
  switch (opcode) {
    case Opcode::empty_tuple:
      push_tuple({});
      return true;
    case Opcode::tuple1:
    case Opcode::tuple2:
    case Opcode::tuple3:
      push_short_tuple(static_cast<std::size_t>(opcode) - static_cast<std::size_t>(Opcode::tuple1) +
                       1);
      return true;
    case Opcode::tuple:
      push_tuple(pop_to_mark());
      return true;
    case Opcode::empty_list:
      charge(cost_of_node);
      push(Value::list());
      return true;
    case Opcode::empty_dict:
      charge(sizeof(DictNode));
      push(Value::dict());
      return true;
    case Opcode::empty_set:
      charge(sizeof(SetNode));
      push(Value::set());
      return true;
    case Opcode::frozenset: {
      std::vector<Value> items = pop_to_mark();
      charge(sizeof(SetNode));
      Value made = Value::frozenset();
      add_to(made, std::move(items));
      push(std::move(made));
      return true;
    }
    case Opcode::append: {
      std::vector<Value> one(1);
      one[0] = pop();
      append_to(top(), std::move(one));
      return true;
    }
    case Opcode::appends: {
      if (append_to_list()) {
        return true;
      }
      std::vector<Value> items = pop_to_mark();
      append_to(top(), std::move(items));
      return true;
    }
    case Opcode::setitem: {
      std::vector<Value> pair(2);
      pair[1] = pop();
      pair[0] = pop();
      set_items_of(top(), std::move(pair));
      return true;
    }
    case Opcode::setitems: {
      std::vector<Value> items = pop_to_mark();
      set_items_of(top(), std::move(items));
      return true;
    }
    case Opcode::additems: {
      std::vector<Value> items = pop_to_mark();
      add_to(top(), std::move(items));
      return true;
    }
    default:
      return false;
  }
}

}  // namespace progeny::pickle::detail
