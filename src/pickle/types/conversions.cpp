// What the templates that convert values have in common.

#include "pickle/value/integers.hpp"
#include "pickle/value/node.hpp"

#include <progeny/pickle/objects.hpp>
#include <progeny/pickle/types.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace progeny::pickle::detail {

namespace {

constexpr std::size_t most_items_of_range = 100'000'000;

// The name of the class that an object is of, or nothing.
std::string class_of(const Value& value) {
  if (value.kind() != Kind::object || value.as_object().callable.kind() != Kind::global) {
    return {};
  }
  const Global& global = value.as_object().callable.as_global();
  return global.module + "." + global.name;
}

std::vector<Value> items_of_range(const std::vector<Value>& args) {
  std::vector<Value> items;
  const std::int64_t start = args.at(0).as_int();
  const std::int64_t stop = args.at(1).as_int();
  const std::int64_t step = args.at(2).as_int();
  if (step == 0) {
    throw ValueError("a range has a step of 0");
  }
  for (std::int64_t i = start; step > 0 ? i < stop : i > stop;) {
    if (items.size() == most_items_of_range) {
      throw ValueError(fmt::format("a range has more than {} items", most_items_of_range));
    }
    items.emplace_back(i);
    if (__builtin_add_overflow(i, step, &i)) {
      break;
    }
  }
  return items;
}

// The numbers of an array.array: its letter says which.
template <class Number>
std::vector<Value> numbers_in(std::string_view bytes) {
  if (bytes.size() % sizeof(Number) != 0) {
    throw ValueError("an array has a part of a number at its end");
  }
  std::vector<Value> items;
  for (; !bytes.empty(); bytes.remove_prefix(sizeof(Number))) {
    Number number = {};
    std::memcpy(&number, bytes.data(), sizeof number);
    if constexpr (std::is_floating_point_v<Number>) {
      items.emplace_back(static_cast<double>(number));
    } else {
      items.emplace_back(number);
    }
  }
  return items;
}

std::vector<Value> items_of_array(const Value& value) {
  const std::vector<Value>& args = value.as_object().args.items();
  if (args.size() == 2 && args[1].kind() == Kind::bytes) {
    const std::string_view bytes = args[1].as_bytes();
    const std::string_view letter = args[0].as_text();
    switch (letter.empty() ? '\0' : letter.front()) {
      case 'b':
        return numbers_in<std::int8_t>(bytes);
      case 'B':
        return numbers_in<std::uint8_t>(bytes);
      case 'h':
        return numbers_in<std::int16_t>(bytes);
      case 'H':
        return numbers_in<std::uint16_t>(bytes);
      case 'i':
        return numbers_in<std::int32_t>(bytes);
      case 'I':
        return numbers_in<std::uint32_t>(bytes);
      case 'l':
      case 'q':
        return numbers_in<std::int64_t>(bytes);
      case 'L':
      case 'Q':
        return numbers_in<std::uint64_t>(bytes);
      case 'f':
        return numbers_in<float>(bytes);
      case 'd':
        return numbers_in<double>(bytes);
      default:
        break;
    }
  }
  throw TypeError(fmt::format("no sequence can be made of {}", value.repr(80)));
}

}  // namespace

void throw_out_of_range(const Value& value, int bits, bool is_signed) {
  throw OverflowError(fmt::format("{} does not fit into {} bits {} a sign",
                                  value.repr(80),
                                  bits,
                                  is_signed ? "with" : "without"));
}

std::uint64_t unsigned_of(const Value& value) {
  if (NodeAccess::is_big(value)) {
    const std::string bytes = value.int_bytes();
    if (bytes.size() == 9 && bytes.back() == '\0') {
      return static_cast<std::uint64_t>(small_integer(std::string_view(bytes).substr(0, 8)));
    }
  } else if (value.as_int() >= 0) {
    return static_cast<std::uint64_t>(value.as_int());
  }
  throw_out_of_range(value, 64, false);
}

std::array<double, 2> parts_of_complex(const Value& value) {
  if (class_of(value) == "builtins.complex" && value.as_object().args.size() == 2) {
    return {value.as_object().args.at_index(0).as_float(),
            value.as_object().args.at_index(1).as_float()};
  }
  return {value.as_float(), 0.0};
}

std::vector<Value> sequence_of(const Value& value) {
  if (value.kind() == Kind::object) {
    const std::string name = class_of(value);
    const Recipe& recipe = value.as_object();
    if (name == "builtins.range" && recipe.args.size() == 3) {
      return items_of_range(recipe.args.items());
    }
    if (name == "array.array") {
      return items_of_array(value);
    }
    if (name == "collections.deque" || name == "builtins.list") {
      const bool has_first = recipe.args.kind() == Kind::tuple && recipe.args.size() > 0;
      std::vector<Value> items = has_first ? recipe.args.at_index(0).items() : std::vector<Value>();
      items.insert(items.end(), recipe.items.begin(), recipe.items.end());
      return items;
    }
  }
  return value.items();
}

std::vector<Value::Pair> mapping_of(const Value& value) {
  const std::string name = class_of(value);
  if (name == "collections.OrderedDict" || name == "collections.defaultdict") {
    return value.as_object().pairs;
  }
  if (name == "collections.Counter" && value.as_object().args.size() == 1) {
    return value.as_object().args.at_index(0).pairs();
  }
  return value.pairs();
}

std::vector<Value> members_of(const Value& value, std::size_t count) {
  std::vector<Value> members = sequence_of(value);
  if (members.size() != count) {
    throw ValueError(fmt::format(
        "{} items are wanted where there are {}: {}", count, members.size(), value.repr(80)));
  }
  return members;
}

void throw_no_alternative(const Value& value) {
  throw TypeError(fmt::format(
      "no alternative takes a value of type {}: {}", name_of(value.kind()), value.repr(80)));
}

std::vector<Value> attributes_of(const Value& value,
                                 const std::string_view* names,
                                 std::size_t count) {
  Value attributes = value;
  if (value.kind() == Kind::object) {
    const std::vector<Value>& states = value.as_object().states;
    attributes = states.empty() ? Value::dict() : states.back();
    // With __slots__: a dict or None, and the slots.
    if (attributes.kind() == Kind::tuple && attributes.size() == 2) {
      attributes = attributes.at_index(1);
    }
    // A frozen dataclass with slots has a list of its fields.
    if (attributes.kind() == Kind::list) {
      return members_of(attributes, count);
    }
  }
  std::vector<Value> found;
  for (std::size_t i = 0; i < count; ++i) {
    const Value* const member = attributes.find(names[i]);
    if (member == nullptr) {
      throw ValueError(fmt::format("there is no \"{}\" in {}", names[i], value.repr(80)));
    }
    found.push_back(*member);
  }
  return found;
}

}  // namespace progeny::pickle::detail
