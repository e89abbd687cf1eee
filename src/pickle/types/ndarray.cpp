// Arrays of numpy, in the forms that its versions give them.

#include <progeny/pickle/objects.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace progeny::pickle {

namespace {

[[noreturn]] void throw_no_array(const Value& value) {
  throw TypeError(fmt::format("an array of numpy is wanted where there is {}", value.repr(80)));
}

bool is_called(const Value& value, std::string_view name) {
  return value.kind() == Kind::object && value.as_object().callable.kind() == Kind::global &&
         value.as_object().callable.as_global().module.starts_with("numpy") &&
         value.as_object().callable.as_global().name == name &&
         value.as_object().args.kind() == Kind::tuple;
}

// `numpy.dtype('f8', False, True)` with the byte order in its state.
std::string dtype_of(const Value& value) {
  if (!is_called(value, "dtype") || value.as_object().args.items().empty()) {
    throw_no_array(value);
  }
  std::string name(value.as_object().args.at_index(0).as_text());
  if (name.starts_with('O') || name.starts_with('V')) {
    throw TypeError(fmt::format("an array has items of type {}, which are no numbers", name));
  }
  if (!name.empty() && (name[0] == '<' || name[0] == '>' || name[0] == '|')) {
    return name;
  }
  const std::vector<Value>& states = value.as_object().states;
  const bool has_order =
      !states.empty() && states.back().kind() == Kind::tuple && states.back().size() > 1;
  return (has_order ? std::string(states.back().at_index(1).as_text()) : "|") + name;
}

std::vector<std::size_t> shape_of(const Value& value) {
  std::vector<std::size_t> shape;
  for (const Value& length : value.items()) {
    if (length.as_int() < 0) {
      throw_no_array(value);
    }
    shape.push_back(static_cast<std::size_t>(length.as_int()));
  }
  return shape;
}

}  // namespace

Value Adapter<NdArray>::from(const NdArray& value) {
  if (value.dtype.size() < 3 ||
      std::string_view("<>|").find(value.dtype[0]) == std::string_view::npos) {
    throw ValueError(
        fmt::format("a dtype is an order (<, > or |), a letter and a size in bytes, and not \"{}\"",
                    value.dtype));
  }
  const Value dtype =
      Value::reduce(Value::global("numpy", "dtype"), {value.dtype.substr(1), false, true});
  dtype.as_object().states.push_back(
      Value::tuple({3, value.dtype.substr(0, 1), {}, {}, {}, -1, -1, 0}));
  std::vector<Value> shape;
  for (const std::size_t length : value.shape) {
    shape.emplace_back(length);
  }
  Value array =
      Value::reduce(Value::global("numpy.core.multiarray", "_reconstruct"),
                    {Value::global("numpy", "ndarray"), Value::tuple({0}), Value::bytes("b")});
  array.as_object().states.push_back(Value::tuple(
      {1, Value::tuple(std::move(shape)), dtype, value.is_fortran, Value::bytes(value.data)}));
  return array;
}

NdArray Adapter<NdArray>::to(const Value& value) {
  if (is_called(value, "_reconstruct") && !value.as_object().states.empty()) {
    const Value& state = value.as_object().states.back();
    if (state.kind() != Kind::tuple || state.size() != 5) {
      throw_no_array(value);
    }
    return {.dtype = dtype_of(state.at_index(2)),
            .shape = shape_of(state.at_index(1)),
            .is_fortran = state.at_index(3).as_bool(),
            .data = std::string(state.at_index(4).as_bytes())};
  }
  if (is_called(value, "_frombuffer") && value.as_object().args.size() >= 4) {
    const std::vector<Value>& args = value.as_object().args.items();
    return {.dtype = dtype_of(args[1]),
            .shape = shape_of(args[2]),
            .is_fortran = args[3].as_text() == "F",
            .data = std::string(args[0].as_bytes())};
  }
  throw_no_array(value);
}

}  // namespace progeny::pickle
