#include "serial/function_registry.hpp"

#include "platform/process/per_process.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace progeny::serial {

namespace {

// Compared by std::less, which also orders pointers to different objects.
using Key = std::pair<const void*, const void*>;

Key key_of(const Function& function) {
  return {function.descriptor, reinterpret_cast<const void*>(function.callee)};
}

struct FunctionRegistry {
  // Guards what follows. Not a std::shared_mutex: that of mingw-w64 may fail when several threads
  // use it for the first time.
  std::mutex mutex;
  std::map<std::string, Function, std::less<>> by_name;
  std::map<Key, std::string> names;  // The first name of each function.
};

FunctionRegistry& registry() {
  return platform::PerProcess<FunctionRegistry>::get();
}

}  // namespace

void register_function(std::string_view name, const Function& function) {
  if (name.empty()) {
    throw ValueError("a function cannot be registered without a name");
  }
  FunctionRegistry& functions = registry();
  const std::scoped_lock lock(functions.mutex);
  const auto [place, is_new] = functions.by_name.try_emplace(std::string(name), function);
  if (!is_new && key_of(place->second) != key_of(function)) {
    throw ValueError(fmt::format("another function is registered as '{}'", name));
  }
  functions.names.try_emplace(key_of(function), name);
}

std::optional<Function> detail::registered_function(std::string_view name) {
  FunctionRegistry& functions = registry();
  const std::scoped_lock lock(functions.mutex);
  const auto found = functions.by_name.find(name);
  return found == functions.by_name.end() ? std::nullopt : std::optional(found->second);
}

std::string detail::registered_name(const Function& function) {
  FunctionRegistry& functions = registry();
  const std::scoped_lock lock(functions.mutex);
  const auto found = functions.names.find(key_of(function));
  return found == functions.names.end() ? std::string() : found->second;
}

}  // namespace progeny::serial
