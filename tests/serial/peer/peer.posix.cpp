// A program of which one process makes tokens of its functions and another one calls them:
// `token CASE` prints bytes in hexadecimal digits, `call DIGITS` or `call_loading DIGITS` what
// becomes of the number 7.

#include "serial/peer/library.hpp"

#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <dlfcn.h>

namespace progeny::testing {

namespace {

int plain(int number) {
  return number + 1;
}

template <int Factor>
int scaled(int number) {
  return Factor * number;
}

struct Number {
  explicit Number(int number) : value(number) {}
  [[nodiscard]] int negated() const { return -value; }
  int value;
};

// The object is an argument like any other.
template <class Method>
struct WithObject {
  static int call(serial::CodeAddress callee, int number) {
    return serial::callable_from<Method>(callee)(Number(number));
  }
};

serial::Function method() {
  using Negated = std::remove_const_t<decltype(serial::function<&Number::negated>)>;
  return {.descriptor = &serial::descriptor_of<WithObject<Negated>>()};
}

int named(int number) {
  return number + 100;
}

serial::Function registered_one() {
  const serial::Function function = function_of(&named);
  serial::register_function("named", function);
  return function;
}

// The library is never unloaded: its functions are called until the end.
void* plugin_symbol(const char* name) {
  void* const plugin = ::dlopen(PROGENY_TEST_PLUGIN, RTLD_NOW | RTLD_LOCAL);  // From the build.
  void* const symbol = plugin == nullptr ? nullptr : ::dlsym(plugin, name);
  if (symbol == nullptr) {
    throw std::runtime_error("the plugin cannot be loaded");
  }
  return symbol;
}

serial::Function linked_lambda() {
  serial::Function function;
  progeny_test_lambda(&function);
  return function;
}

serial::Function plugin_lambda() {
  serial::Function function;
  reinterpret_cast<decltype(&progeny_test_lambda)>(plugin_symbol("progeny_test_lambda"))(&function);
  return function;
}

serial::Function plugin_function() {
  return function_of(
      reinterpret_cast<decltype(&progeny_test_triple)>(plugin_symbol("progeny_test_triple")));
}

serial::Function function_for(const std::string& name) {
  const std::map<std::string, serial::Function (*)()> cases{
      {"plain", [] { return function_of(&plain); }},
      {"lambda", [] { return function_of([](int number) { return number * number; }); }},
      {"template", [] { return function_of(&scaled<5>); }},
      {"member", [] { return method(); }},
      {"registered", [] { return registered_one(); }},
      {"linked_function", [] { return function_of(&progeny_test_triple); }},
      {"linked_lambda", [] { return linked_lambda(); }},
      {"plugin_function", [] { return plugin_function(); }},
      {"plugin_lambda", [] { return plugin_lambda(); }},
  };
  return cases.at(name)();
}

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t index = 0; index + 1 < digits.size(); index += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(index, 2), nullptr, 16));
  }
  return bytes;
}

void print_token(const std::string& name) {
  for (const char byte : serial::to_bytes(serial::token_of(function_for(name)))) {
    std::printf("%02x", static_cast<unsigned char>(byte));
  }
}

void call(const std::string& digits, bool load_modules) {
  static_cast<void>(registered_one());
  const serial::Function function =
      serial::find(serial::token_from_bytes(from_hex(digits)), {.load_modules = load_modules});
  const auto entry = serial::entry_of<CallWithNumber>(*function.descriptor);
  std::printf("%d", entry(function.callee, 7));
}

}  // namespace

}  // namespace progeny::testing

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  const std::string argument = argc > 2 ? argv[2] : "";
  try {
    if (command == "token") {
      progeny::testing::print_token(argument);
    } else {
      progeny::testing::call(argument, command == "call_loading");
    }
  } catch (const std::exception& error) {
    std::printf("%s", error.what());
  }
  return 0;
}
