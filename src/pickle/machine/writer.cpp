#include "pickle/machine/writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace progeny::pickle {

std::string dumps(const Value& value, const DumpOptions& options) {
  detail::Writer writer(options);
  writer.write(value);
  return std::move(writer).take();
}

namespace detail {

namespace {

// Python's, so that the stack of a reader stays small.
constexpr std::size_t items_of_a_batch = 1'000;

// A node that has one owner is in one place of the value.
bool is_shared(const Node* node) {
  return node->owners.load(std::memory_order_relaxed) > 1 ||
         node->observers.load(std::memory_order_relaxed) > 1;
}

// Each byte as the character of that number.
std::string latin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0U | byte >> 6U);
      text += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return text;
}

}  // namespace

Writer::Writer(const DumpOptions& options) : options_(options), out_(options.protocol) {}

std::string Writer::take() && {
  out_.opcode(Opcode::stop);
  return std::move(out_).take();
}

void Writer::write(const Value& value) {
  begin(value);
  while (!steps_.empty()) {
    go_on();
  }
}

bool Writer::may_come_again(const Node* node) const {
  return unmade_ > 0 || is_shared(node);
}

void Writer::memoize(const Node* node) {
  if (may_come_again(node)) {
    const auto number = static_cast<std::uint32_t>(memo_.size());
    memo_.emplace(node, number);
    out_.put(number);
  }
}

bool Writer::write_known(const Value& value) {
  const Node* const node = NodeAccess::node(value);
  if (!may_come_again(node)) {
    return false;
  }
  const auto known = memo_.find(node);
  if (known == memo_.end()) {
    return false;
  }
  out_.get(known->second);
  return true;
}

bool Writer::write_leaf(const Value& value) {
  switch (value.kind()) {
    case Kind::none:
      out_.opcode(Opcode::none);
      return true;
    case Kind::boolean:
      out_.opcode(NodeAccess::integer(value) != 0 ? Opcode::newtrue : Opcode::newfalse);
      return true;
    case Kind::integer:
      if (NodeAccess::is_big(value)) {
        out_.big_integer(NodeAccess::as<TextNode>(value).contents);
      } else {
        out_.integer(NodeAccess::integer(value));
      }
      return true;
    case Kind::floating:
      out_.floating(NodeAccess::floating(value));
      return true;
    default:
      break;
  }
  if (write_known(value)) {
    return true;
  }
  switch (value.kind()) {
    case Kind::text:
      out_.text(NodeAccess::as<TextNode>(value).contents);
      break;
    case Kind::bytes:
      if (out_.protocol() < 3) {
        return false;
      }
      out_.bytes(NodeAccess::as<TextNode>(value).contents);
      break;
    case Kind::bytearray:
      if (out_.protocol() < 5) {
        return false;
      }
      out_.bytearray(NodeAccess::as<TextNode>(value).contents);
      break;
    case Kind::global:
      write_global(value.as_global());
      break;
    case Kind::tuple:
      if (!value.items().empty()) {
        return false;
      }
      out_.opcode(Opcode::empty_tuple);
      return true;
    default:
      return false;
  }
  memoize(NodeAccess::node(value));
  return true;
}

void Writer::write_global(const Global& global) {
  if (options_.allowed && !options_.allowed(global.module, global.name)) {
    throw PicklingError(
        fmt::format("cannot pickle {}.{}: the name is not allowed", global.module, global.name));
  }
  if (out_.protocol() >= 4) {
    out_.text(global.module);
    out_.text(global.name);
    out_.opcode(Opcode::stack_global);
    return;
  }
  const std::string names = global.module + global.name;
  if (names.find('\n') != std::string::npos || global.name.find('.') != std::string::npos) {
    throw PicklingError(
        fmt::format("cannot pickle {}.{} under protocol {}, which has no such names",
                    global.module,
                    global.name,
                    out_.protocol()));
  }
  out_.global_line(global.module, global.name);
}

void Writer::begin(const Value& value) {
  if (!write_leaf(value)) {
    begin_node(value, NodeAccess::node(value));
  }
}

void Writer::begin_parts(const Value& value, Part part, const Node* identity) {
  const bool is_unmade = is_shared(identity);
  unmade_ += is_unmade ? 1 : 0;
  steps_.push_back({.value = &value, .part = part, .identity = identity, .is_unmade = is_unmade});
}

void Writer::note_made(Step& step) {
  unmade_ -= step.is_unmade ? 1 : 0;
  step.is_unmade = false;
}

// Older protocols call a class where newer ones have an instruction.
void Writer::begin_substitute(Value substitute, const Node* identity) {
  begin_node(substitutes_.emplace_back(std::move(substitute)), identity);
}

void Writer::begin_node(const Value& value, const Node* identity) {
  const auto builtin = [](std::string_view name) { return Value::global("builtins", name); };
  switch (value.kind()) {
    case Kind::bytes:
      begin_substitute(Value::reduce(Value::global("_codecs", "encode"),
                                     {NodeAccess::text(latin1(value.as_bytes())), "latin1"}),
                       identity);
      return;
    case Kind::bytearray:
      begin_substitute(Value::reduce(builtin("bytearray"), {Value::bytes(value.as_bytes())}),
                       identity);
      return;
    case Kind::list:
      out_.opcode(Opcode::empty_list);
      memoize(identity);
      steps_.push_back({.value = &value, .part = Part::items, .identity = identity});
      return;
    case Kind::dict:
      out_.opcode(Opcode::empty_dict);
      memoize(identity);
      steps_.push_back({.value = &value, .part = Part::pairs, .identity = identity});
      return;
    case Kind::set:
    case Kind::frozenset:
      if (out_.protocol() < 4) {
        const bool is_set = value.kind() == Kind::set;
        begin_substitute(
            Value::reduce(builtin(is_set ? "set" : "frozenset"), {Value::list(value.items())}),
            identity);
        return;
      }
      if (value.kind() == Kind::set) {
        out_.opcode(Opcode::empty_set);
        memoize(identity);
        steps_.push_back({.value = &value, .part = Part::items, .identity = identity});
        return;
      }
      out_.opcode(Opcode::mark);
      begin_parts(value, Part::elements, identity);
      return;
    case Kind::tuple:
      if (value.items().size() > 3) {
        out_.opcode(Opcode::mark);
      }
      begin_parts(value, Part::elements, identity);
      return;
    default:
      begin_parts(value, Part::callable, identity);
      return;
  }
}

void Writer::go_on() {
  Step& step = steps_.back();
  switch (step.part) {
    case Part::elements:
      write_elements(step);
      return;
    case Part::items: {
      const Value& value = *step.value;
      const bool is_set = value.kind() == Kind::set;
      const std::size_t count =
          value.kind() == Kind::object ? value.as_object().items.size() : value.items().size();
      // A set has no instruction for one item.
      write_batches(step,
                    count,
                    items_of_a_batch,
                    is_set ? Opcode::additems : Opcode::append,
                    is_set ? Opcode::additems : Opcode::appends);
      return;
    }
    case Part::pairs: {
      const Value& value = *step.value;
      const std::size_t count =
          value.kind() == Kind::dict ? value.pairs().size() : value.as_object().pairs.size();
      write_batches(step, count * 2, items_of_a_batch * 2, Opcode::setitem, Opcode::setitems);
      return;
    }
    default:
      write_recipe(step);
      return;
  }
}

void Writer::write_elements(Step& step) {
  const std::vector<Value>& items = step.value->items();
  while (step.at < items.size()) {
    const Value& item = items[step.at++];
    if (!write_leaf(item)) {
      begin_node(item, NodeAccess::node(item));
      return;
    }
  }
  note_made(step);
  const Step done = step;
  steps_.pop_back();
  end_elements(done, items.size());
}

// What contains itself has been made while its elements were written; they are dropped then.
void Writer::end_elements(const Step& step, std::size_t count) {
  const bool is_short = step.value->kind() == Kind::tuple && count <= 3;
  if (const auto known = memo_.find(step.identity); known != memo_.end()) {
    for (std::size_t i = 0; is_short && i < count; ++i) {
      out_.opcode(Opcode::pop);
    }
    if (!is_short) {
      out_.opcode(Opcode::pop_mark);
    }
    out_.get(known->second);
    return;
  }
  if (step.value->kind() == Kind::frozenset) {
    out_.opcode(Opcode::frozenset);
  } else if (is_short) {
    out_.opcode(static_cast<Opcode>(static_cast<std::size_t>(Opcode::tuple1) + count - 1));
  } else {
    out_.opcode(Opcode::tuple);
  }
  memoize(step.identity);
}

}  // namespace detail

}  // namespace progeny::pickle
