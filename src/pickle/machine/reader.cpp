#include "pickle/machine/reader.hpp"

#include "pickle/value/cycles.hpp"
#include "pickle/value/integers.hpp"
#include "pickle/value/node.hpp"
#include "pickle/value/wtf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

namespace progeny::pickle {

UnpicklingError::UnpicklingError(std::size_t offset, std::string_view reason)
    : ValueError(fmt::format("cannot read a pickle: at byte {}: {}", offset, reason)),
      offset_(offset) {}

Value loads(BytesView data, const LoadLimits& limits) {
  if (data.size() > limits.size) {
    throw UnpicklingError(
        0, fmt::format("it has {} bytes where {} are allowed", data.size(), limits.size));
  }
  return detail::Reader(data.text(), limits).run();
}

namespace detail {

Reader::Reader(std::string_view data, const LoadLimits& limits) : data_(data), limits_(limits) {}

Reader::~Reader() {
  if (may_have_cycles_) {
    Value nothing;
    std::vector<Value> all = memo_.take_all();
    open_cycles(nothing, all);
  }
}

Value Reader::run() {
  while (step() == Flow::go_on) {
  }
  Value result = pop();
  if (!marks_.empty()) {
    fail("it ends with an open mark");
  }
  if (std::exchange(may_have_cycles_, false)) {
    stack_.clear();
    std::vector<Value> all = memo_.take_all();
    open_cycles(result, all);
  }
  return result;
}

void Reader::fail(std::string_view reason) const {
  throw UnpicklingError(opcode_at_, reason);
}

void Reader::charge(std::size_t bytes) {
  charged_ += bytes;
  if (charged_ > limits_.memory) {
    fail(fmt::format("its values take more than {} bytes of memory", limits_.memory));
  }
}

std::string_view Reader::take(std::uint64_t count) {
  if (count > data_.size() - at_) {
    fail(fmt::format("{} bytes are announced where {} are left", count, data_.size() - at_));
  }
  const std::string_view bytes = data_.substr(at_, static_cast<std::size_t>(count));
  at_ += bytes.size();
  return bytes;
}

std::uint64_t Reader::unsigned_number(std::size_t bytes) {
  const std::string_view taken = take(bytes);
  std::uint64_t number = 0;
  for (std::size_t i = bytes; i-- > 0;) {
    number = number << 8U | static_cast<unsigned char>(taken[i]);
  }
  return number;
}

std::int32_t Reader::signed_number() {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(unsigned_number(4)));
}

void Reader::push(Value value) {
  charge(cost_of_value);
  stack_.push_back(std::move(value));
}

Value& Reader::top() {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) {
    fail("a value is wanted where there is none");
  }
  return stack_.back();
}

Value Reader::pop() {
  Value value = std::move(top());
  stack_.pop_back();
  return value;
}

std::vector<Value> Reader::pop_to_mark() {
  if (marks_.empty()) {
    fail("a mark is wanted where there is none");
  }
  const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<Value> values(std::make_move_iterator(begin), std::make_move_iterator(stack_.end()));
  stack_.erase(begin, stack_.end());
  marks_.pop_back();
  return values;
}

void Reader::push_text(std::string_view text) {
  if (const std::size_t bad = invalid_wtf8(text); bad != std::string_view::npos) {
    fail(fmt::format("a str is no UTF-8 from its byte {} on", bad));
  }
  charge(cost_of_node + text.size());
  push(NodeAccess::text(text));
}

void Reader::push_integer(std::string_view bytes) {
  charge(bytes.size());
  push(Value::integer(bytes));
}

void Reader::push_bytes(std::string_view bytes) {
  charge(cost_of_node + bytes.size());
  push(Value::bytes(bytes));
}

void Reader::push_global(std::string_view module, std::string_view name) {
  // A line of an older protocol: it would be a str when it is written again.
  if (invalid_wtf8(module) != std::string_view::npos ||
      invalid_wtf8(name) != std::string_view::npos) {
    fail("the name of a class or function is no UTF-8");
  }
  Global global =
      protocol_ < 3 ? modern_name(module, name) : Global{std::string(module), std::string(name)};
  if (limits_.allowed && !limits_.allowed(global.module, global.name)) {
    fail(fmt::format("it names {}.{}, which is not allowed", global.module, global.name));
  }
  charge(cost_of_node + module.size() + name.size());
  push(NodeAccess::make<GlobalNode>(std::move(global)));
}

void Reader::note_depth(const Value& container, const Value& item) {
  if (NodeAccess::has_node(item)) {
    std::uint32_t& depth = NodeAccess::node(container)->depth;
    depth = std::max(depth, NodeAccess::node(item)->depth + 1);
  }
}

void Reader::check_depth(const Value& container) const {
  if (NodeAccess::node(container)->depth >= limits_.depth) {
    fail(fmt::format("its values are nested more than {} deep", limits_.depth));
  }
}

void Reader::push_tuple(std::vector<Value> items) {
  charge(cost_of_node + items.size() * cost_of_value);
  Value tuple = Value::tuple(std::move(items));
  for (const Value& item : tuple.items()) {
    note_depth(tuple, item);
  }
  check_depth(tuple);
  push(std::move(tuple));
}

void Reader::push_short_tuple(std::size_t count) {
  std::vector<Value> items(count);
  for (std::size_t i = count; i-- > 0;) {
    items[i] = pop();
  }
  push_tuple(std::move(items));
}

void Reader::push_object(Recipe recipe) {
  if (recipe.how == Recipe::How::call && recipe.callable.kind() == Kind::global) {
    Value plain = plain_value_of(recipe.callable.as_global(), recipe.args);
    if (!plain.is_none()) {
      charge(cost_of_node);
      push(std::move(plain));
      return;
    }
  }
  charge(sizeof(ObjectNode));
  Value object = NodeAccess::make<ObjectNode>(std::move(recipe));
  const Recipe& parts = object.as_object();
  note_depth(object, parts.callable);
  note_depth(object, parts.args);
  note_depth(object, parts.kwargs);
  check_depth(object);
  push(std::move(object));
}

// What has parts may get itself as one.
void Reader::push_again(const Value& value) {
  may_have_cycles_ = may_have_cycles_ || value.kind() >= Kind::tuple;
  push(value);
}

void Reader::build(Value state) {
  Value& object = top();
  if (object.kind() != Kind::object) {
    fail(fmt::format("a value of type {} gets a state", name_of(object.kind())));
  }
  note_depth(object, state);
  charge(cost_of_value);
  object.as_object().states.push_back(std::move(state));
  check_depth(object);
}

Reader::Flow Reader::step() {
  opcode_at_ = at_;
  const auto opcode = static_cast<Opcode>(unsigned_number(1));
  if (opcode == Opcode::stop) {
    return Flow::stop;
  }
  // Most instructions are one of these.
  if (opcode == Opcode::memoize) {
    charge(sizeof(Value));
    memo_.push(top());
    return Flow::go_on;
  }
  if (opcode == Opcode::short_binunicode) {
    push_text(take(unsigned_number(1)));
    return Flow::go_on;
  }
  if (!read_scalar(opcode) && !read_text(opcode) && !read_container(opcode) &&
      !read_stack_step(opcode) && !read_object(opcode) && !read_line_of_text(opcode) &&
      !read_old_object(opcode)) {
    fail(fmt::format("there is no instruction {:#04x}, or none that can come from a peer",
                     static_cast<unsigned>(opcode)));
  }
  return Flow::go_on;
}

bool Reader::read_scalar(Opcode opcode) {
  switch (opcode) {
    case Opcode::none:
      push({});
      return true;
    case Opcode::newtrue:
    case Opcode::newfalse:
      push(opcode == Opcode::newtrue);
      return true;
    case Opcode::binint1:
      push(unsigned_number(1));
      return true;
    case Opcode::binint2:
      push(unsigned_number(2));
      return true;
    case Opcode::binint:
      push(signed_number());
      return true;
    case Opcode::long1:
      push_integer(take(unsigned_number(1)));
      return true;
    case Opcode::long4:
      if (const std::int32_t count = signed_number(); count >= 0) {
        push_integer(take(static_cast<std::uint64_t>(count)));
        return true;
      }
      fail("an int has a negative length");
    case Opcode::binfloat: {
      std::uint64_t bits = 0;
      for (const char byte : take(8)) {
        bits = bits << 8U | static_cast<unsigned char>(byte);
      }
      push(std::bit_cast<double>(bits));
      return true;
    }
    default:
      return false;
  }
}

bool Reader::read_text(Opcode opcode) {
  switch (opcode) {
    case Opcode::short_binunicode:
      push_text(take(unsigned_number(1)));
      return true;
    case Opcode::binunicode:
      push_text(take(unsigned_number(4)));
      return true;
    case Opcode::binunicode8:
      push_text(take(unsigned_number(8)));
      return true;
    case Opcode::short_binbytes:
      push_bytes(take(unsigned_number(1)));
      return true;
    case Opcode::binbytes:
      push_bytes(take(unsigned_number(4)));
      return true;
    case Opcode::binbytes8:
      push_bytes(take(unsigned_number(8)));
      return true;
    case Opcode::bytearray8: {
      const std::string_view bytes = take(unsigned_number(8));
      charge(cost_of_node + bytes.size());
      push(Value::bytearray(bytes));
      return true;
    }
    default:
      return false;
  }
}

}  // namespace detail

}  // namespace progeny::pickle
