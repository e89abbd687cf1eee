// Calls that only make a plain value, and the names of Python 2.

#include "pickle/machine/reader.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace progeny::pickle::detail {

namespace {

// Protocols below 3 write bytes as a str of as many characters.
Value bytes_of_latin1(const Value& text) {
  std::string bytes;
  const std::string_view characters = text.as_text();
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const auto first = static_cast<unsigned char>(characters[i]);
    if (first < 0x80) {
      bytes += characters[i];
    } else if (first < 0xC4 && i + 1 < characters.size()) {
      const auto second = static_cast<unsigned char>(characters[++i]);
      bytes += static_cast<char>((first & 0x03U) << 6U | (second & 0x3FU));
    } else {
      return {};
    }
  }
  return Value::bytes(bytes);
}

bool is_one_of(Kind kind, std::initializer_list<Kind> kinds) {
  return std::ranges::find(kinds, kind) != kinds.end();
}

}  // namespace

Value plain_value_of(const Global& global, const Value& args) {
  if (args.kind() != Kind::tuple) {
    return {};
  }
  const std::vector<Value>& all = args.items();
  if (global.module == "_codecs" && global.name == "encode") {
    const bool is_latin1 = all.size() == 2 && all[0].kind() == Kind::text &&
                           all[1].kind() == Kind::text && all[1].as_text() == "latin1";
    return is_latin1 ? bytes_of_latin1(all[0]) : Value();
  }
  if (global.module != "builtins" || all.size() > 1) {
    return {};
  }
  const Kind kind = all.empty() ? Kind::none : all[0].kind();
  if (global.name == "bytearray" && (all.empty() || kind == Kind::bytes)) {
    return Value::bytearray(all.empty() ? std::string_view() : all[0].as_bytes());
  }
  if (global.name == "bytes" && (all.empty() || kind == Kind::bytes)) {
    return Value::bytes(all.empty() ? std::string_view() : all[0].as_bytes());
  }
  // A set cannot be empty and get its items later here, so nothing refers to it before.
  if (global.name != "set" && global.name != "frozenset") {
    return {};
  }
  if (!all.empty() && !is_one_of(kind, {Kind::list, Kind::tuple})) {
    return {};
  }
  const std::vector<Value> items = all.empty() ? std::vector<Value>() : all[0].items();
  try {
    return global.name == "set" ? Value::set(items) : Value::frozenset(items);
  } catch (const TypeError&) {
    return {};  // Python would refuse it, too: that is for whoever makes the object.
  } catch (const RuntimeError&) {
    return {};
  }
}

Global modern_name(std::string_view module, std::string_view name) {
  struct Renamed {
    std::string_view old_module;
    std::string_view old_name;  // None: all others of the module.
    std::string_view module;
    std::string_view name;
  };
  static constexpr std::array<Renamed, 21> table{{
      {"__builtin__", "basestring", "builtins", "str"},
      {"__builtin__", "intern", "sys", "intern"},
      {"__builtin__", "long", "builtins", "int"},
      {"__builtin__", "reduce", "functools", "reduce"},
      {"__builtin__", "unichr", "builtins", "chr"},
      {"__builtin__", "unicode", "builtins", "str"},
      {"__builtin__", "xrange", "builtins", "range"},
      {"exceptions", "StandardError", "builtins", "Exception"},
      {"UserDict", "UserDict", "collections", "UserDict"},
      {"UserList", "UserList", "collections", "UserList"},
      {"UserString", "UserString", "collections", "UserString"},
      {"UserDict", "IterableUserDict", "collections", "UserDict"},
      {"__builtin__", "", "builtins", ""},
      {"exceptions", "", "builtins", ""},
      {"copy_reg", "", "copyreg", ""},
      {"Queue", "", "queue", ""},
      {"cPickle", "", "pickle", ""},
      {"cStringIO", "", "io", ""},
      {"StringIO", "", "io", ""},
      {"SocketServer", "", "socketserver", ""},
      {"repr", "", "reprlib", ""},
  }};
  const auto known = std::ranges::find_if(table, [&](const Renamed& row) {
    return row.old_module == module && (row.old_name.empty() || row.old_name == name);
  });
  if (known == table.end()) {
    return {std::string(module), std::string(name)};
  }
  return {std::string(known->module), std::string(known->name.empty() ? name : known->name)};
}

}  // namespace progeny::pickle::detail
