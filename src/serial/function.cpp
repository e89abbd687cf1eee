#include <progeny/serial/function.hpp>

#include "platform/program/modules.hpp"
#include "platform/program/unchecked_read.hpp"
#include "serial/function_registry.hpp"
#include "serial/record.hpp"

#include <fmt/format.h>

#include <span>
#include <utility>

namespace progeny::serial {

namespace {

constexpr std::string_view mark = "progeny function 1";
constexpr std::size_t checksum_size = 8;

const void* data_address(CodeAddress code) {
  return reinterpret_cast<const void*>(code);
}

CodeAddress code_address(const void* address) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): code has no const.
  return reinterpret_cast<CodeAddress>(const_cast<void*>(address));
}

ModuleOffset offset_of(const void* address, std::string_view what) {
  auto place = platform::place_of(address);
  if (!place) {
    throw FunctionNotFound(
        fmt::format("The {} at {} is in no file that this process has loaded, so that no other "
                    "process can find it",
                    what,
                    address));
  }
  platform::ModuleName& module = place->module;
  return {.is_program = module.is_program,
          .path = std::move(module.path),
          .identity = std::move(module.identity),
          .has_build_id = module.has_build_id,
          .offset = place->offset};
}

platform::ModulePlace place_of(const ModuleOffset& offset) {
  return {.module = {.is_program = offset.is_program,
                     .path = offset.path,
                     .identity = offset.identity,
                     .has_build_id = offset.has_build_id},
          .offset = offset.offset};
}

std::string description_of(const ModuleOffset& offset) {
  return fmt::format("{} \"{}\"", offset.is_program ? "program" : "library", offset.path);
}

[[noreturn]] void refuse(const ModuleOffset& offset, std::string_view why) {
  throw FunctionNotFound(fmt::format(
      "A function of the {} came from another process, but {}", description_of(offset), why));
}

/// An address, or a module that is not here.
struct Located {
  const void* address = nullptr;
  std::string missing;
};

// Throws if the module is here but the place in it is not valid.
Located locate(const ModuleOffset& offset,
               std::size_t size,
               platform::Purpose purpose,
               const FindOptions& options) {
  const platform::ModulePlace place = place_of(offset);
  platform::FoundAddress found = platform::address_of(place, size, purpose);
  std::string why_not_loaded;
  if (found.result == platform::Lookup::not_loaded && options.load_modules) {
    why_not_loaded = platform::load_module(place.module);
    found = platform::address_of(place, size, purpose);
  }
  switch (found.result) {
    case platform::Lookup::found:
      return {.address = found.address};
    case platform::Lookup::not_loaded:
      return {.missing = why_not_loaded.empty() ? "it is not loaded here"
                                                : "it cannot be loaded here: " + why_not_loaded};
    case platform::Lookup::other_build:
      return {.missing = "another build of it runs here"};
    case platform::Lookup::outside:
      break;
  }
  refuse(offset, fmt::format("offset {:#x} is outside of what it may refer to", offset.offset));
}

// Copied, as the bytes there may be anything.
const FunctionDescriptor* checked_descriptor(const FunctionToken& token, const void* address) {
  FunctionDescriptor there;
  if (reinterpret_cast<std::uintptr_t>(address) % alignof(FunctionDescriptor) == 0) {
    platform::read_unchecked(address, std::as_writable_bytes(std::span(&there, 1)));
    if (there.magic == FunctionDescriptor::expected_magic && there.type_hash == token.type_hash) {
      return static_cast<const FunctionDescriptor*>(address);
    }
  }
  refuse(token.descriptor,
         fmt::format("no function of this type is at offset {:#x}", token.descriptor.offset));
}

Function find_by_name(const FunctionToken& token,
                      const ModuleOffset& module,
                      std::string_view why) {
  if (token.name.empty()) {
    refuse(module, why);
  }
  const std::optional<Function> function = detail::registered_function(token.name);
  if (!function) {
    refuse(module, fmt::format("{}, and no function '{}' is registered", why, token.name));
  }
  if (function->descriptor->type_hash != token.type_hash) {
    refuse(module, fmt::format("{}, and '{}' is registered with other types", why, token.name));
  }
  return *function;
}

void write_offset(detail::RecordWriter& out, const ModuleOffset& offset) {
  out.flag(offset.is_program);
  out.text(offset.path);
  out.text(offset.identity);
  out.flag(offset.has_build_id);
  out.number(offset.offset);
}

ModuleOffset read_offset(detail::RecordReader& in) {
  ModuleOffset offset;
  offset.is_program = in.flag();
  offset.path = in.text();
  offset.identity = in.text();
  offset.has_build_id = in.flag();
  offset.offset = in.number();
  return offset;
}

std::string checksum_of(std::string_view bytes) {
  std::uint64_t hash = progeny::detail::hash(bytes);
  std::string checksum;
  for (std::size_t index = 0; index < checksum_size; ++index) {
    checksum += static_cast<char>(hash & 0xffU);
    hash >>= 8U;
  }
  return checksum;
}

// - Throws: ValueError if the bytes are damaged.
FunctionToken read_token(std::string_view bytes) {
  if (bytes.size() < checksum_size) {
    throw ValueError(fmt::format("{} bytes are too few", bytes.size()));
  }
  const std::string_view content = bytes.substr(0, bytes.size() - checksum_size);
  if (checksum_of(content) != bytes.substr(content.size())) {
    throw ValueError("their hash is not the one they carry");
  }
  detail::RecordReader in(content);
  if (in.text() != mark) {
    throw ValueError("they do not begin as a function does");
  }
  FunctionToken token;
  token.name = in.text();
  token.type_hash = in.number();
  token.descriptor = read_offset(in);
  if (in.flag()) {
    token.callee = read_offset(in);
  }
  in.expect_end();
  return token;
}

}  // namespace

CodeAddress detail::checked_entry(const FunctionDescriptor& descriptor,
                                  std::uint64_t signature_hash) {
  if (descriptor.signature_hash != signature_hash) {
    throw UsageError("A function's entry was asked for as another type than it has");
  }
  return descriptor.entry();
}

FunctionToken token_of(const Function& function) {
  FunctionToken token;
  token.name = detail::registered_name(function);
  token.type_hash = function.descriptor->type_hash;
  token.descriptor = offset_of(function.descriptor, "descriptor");
  if (function.callee != nullptr) {
    token.callee = offset_of(data_address(function.callee), "function");
  }
  return token;
}

Function find(const FunctionToken& token, const FindOptions& options) {
  const Located descriptor =
      locate(token.descriptor, sizeof(FunctionDescriptor), platform::Purpose::data, options);
  if (descriptor.address == nullptr) {
    return find_by_name(token, token.descriptor, descriptor.missing);
  }
  Function function{.descriptor = checked_descriptor(token, descriptor.address)};
  if (!token.callee) {
    return function;
  }
  const Located callee = locate(*token.callee, 1, platform::Purpose::code, options);
  if (callee.address == nullptr) {
    return find_by_name(token, *token.callee, callee.missing);
  }
  if (!platform::is_function_start(callee.address)) {
    refuse(*token.callee, fmt::format("no function begins at offset {:#x}", token.callee->offset));
  }
  function.callee = code_address(callee.address);
  if (options.only_registered && detail::registered_name(function).empty()) {
    refuse(*token.callee,
           "it is not registered here; register_function makes it known, and a captureless lambda "
           "needs no registration");
  }
  return function;
}

std::string to_bytes(const FunctionToken& token) {
  detail::RecordWriter out;
  out.text(mark);
  out.text(token.name);
  out.number(token.type_hash);
  write_offset(out, token.descriptor);
  out.flag(token.callee.has_value());
  if (token.callee) {
    write_offset(out, *token.callee);
  }
  const std::string bytes = std::move(out).bytes();
  return bytes + checksum_of(bytes);
}

FunctionToken token_from_bytes(std::string_view bytes) {
  try {
    return read_token(bytes);
  } catch (const ValueError& error) {
    throw FunctionNotFound(
        fmt::format("A function came from another process, but its {} bytes cannot be decoded: {}",
                    bytes.size(),
                    error.what()));
  }
}

}  // namespace progeny::serial
