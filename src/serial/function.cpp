#include <progeny/serial/function.hpp>

#include "platform/modules.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace progeny::serial {

namespace {

/// What travels for a descriptor.
struct Token {
  std::string module;
  std::string build_id;
  std::uint64_t offset = 0;
  std::uint64_t hash = 0;
};

struct Registered {
  detail::AnyFunction function = nullptr;
  std::uint64_t type = 0;
};

struct Registry {
  std::mutex mutex;  // Guards what follows.
  std::map<std::string, Registered, std::less<>> by_name;
};

// Lives as long as the process: static constructors register, and static destructors may ask.
Registry& registry() {
  static auto* const functions = new Registry;
  return *functions;
}

std::string name_of(const Registered& wanted) {
  const std::lock_guard lock(registry().mutex);
  for (const auto& [name, known] : registry().by_name) {
    if (known.function == wanted.function && known.type == wanted.type) {
      return name;
    }
  }
  return {};
}

std::string title_of(const std::string& module) {
  return module.empty() ? "the program itself" : module;
}

[[noreturn]] void throw_not_found(const std::string& module, std::string_view why) {
  throw FunctionNotFound(
      fmt::format("a function of {} was asked for by its place, but {}", title_of(module), why));
}

platform::ModulePlace place_of_memory(const void* address) {
  auto place = platform::place_of_address(address);
  if (!place) {
    throw RuntimeError("a function that is in no file (made at run time) cannot travel");
  }
  return *std::move(place);
}

const void* memory_at(const platform::ModulePlace& place,
                      std::size_t size,
                      platform::MemoryUse use) {
  std::string why;
  const void* const address = platform::address_of_place(place, size, use, why);
  if (address == nullptr) {
    throw_not_found(place.module, why);
  }
  return address;
}

}  // namespace

std::string token_of(const FunctionDescriptor& descriptor) {
  auto place = place_of_memory(&descriptor);
  return to_bytes(
      Token{std::move(place.module), std::move(place.build_id), place.offset, descriptor.hash});
}

const FunctionDescriptor& find_descriptor(std::string_view bytes) {
  const auto token = from_bytes<Token>(bytes);
  if (token.offset % alignof(FunctionDescriptor) != 0) {
    throw_not_found(token.module, "no function can be there");
  }
  const auto& descriptor = *static_cast<const FunctionDescriptor*>(
      memory_at({token.module, token.build_id, token.offset},
                sizeof(FunctionDescriptor),
                platform::MemoryUse::data));
  if (descriptor.magic != descriptor_magic || descriptor.hash != token.hash) {
    throw_not_found(token.module, "another thing is there");
  }
  return descriptor;
}

namespace detail {

FunctionPlace place_of(AnyFunction function, std::uint64_t type) {
  auto name = name_of({function, type});
  auto place = place_of_memory(reinterpret_cast<const void*>(function));
  return {std::move(place.module), std::move(place.build_id), place.offset, type, std::move(name)};
}

AnyFunction function_at(const FunctionPlace& place, std::uint64_t type) {
  if (place.type != type) {
    throw_not_found(place.module, "it has another type");
  }
  if (!place.name.empty()) {
    const std::lock_guard lock(registry().mutex);
    const auto known = registry().by_name.find(place.name);
    if (known == registry().by_name.end() || known->second.type != type) {
      throw FunctionNotFound(
          fmt::format("no function of that type is registered as \"{}\"", place.name));
    }
    return known->second.function;
  }
  return reinterpret_cast<AnyFunction>(const_cast<void*>(
      memory_at({place.module, place.build_id, place.offset}, 1, platform::MemoryUse::code)));
}

void register_function(std::string_view name, AnyFunction function, std::uint64_t type) {
  const std::lock_guard lock(registry().mutex);
  const auto [entry, is_new] =
      registry().by_name.try_emplace(std::string(name), Registered{function, type});
  if (!is_new && (entry->second.function != function || entry->second.type != type)) {
    throw ValueError(fmt::format("another function is registered as \"{}\"", name));
  }
}

FunctionPlace registered(std::string_view name) {
  FunctionPlace place;
  place.type = type_hash<AnyFunction>();
  place.name = name;
  return place;
}

}  // namespace detail
}  // namespace progeny::serial
