#include "platform/program/modules.hpp"

#include "platform/system/win32.windows.hpp"

#include <progeny/detail/hash.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include <psapi.h>

namespace progeny::platform {

namespace {

const IMAGE_NT_HEADERS& headers_of(HMODULE module) {
  const auto* const begin = reinterpret_cast<const char*>(module);
  const auto& dos = *reinterpret_cast<const IMAGE_DOS_HEADER*>(begin);
  return *reinterpret_cast<const IMAGE_NT_HEADERS*>(begin + dos.e_lfanew);
}

std::span<const IMAGE_SECTION_HEADER> sections_of(HMODULE module) {
  const IMAGE_NT_HEADERS& headers = headers_of(module);
  return {IMAGE_FIRST_SECTION(&headers), headers.FileHeader.NumberOfSections};
}

// The headers are not hashed as a whole, as the loader changes the image base in them.
std::string identity_of(HMODULE module) {
  const IMAGE_NT_HEADERS& headers = headers_of(module);
  const auto sections = sections_of(module);
  const std::uint64_t hash =
      detail::hash({reinterpret_cast<const char*>(sections.data()), sections.size_bytes()});
  return fmt::format("{:08x} {:08x} {:08x} {:08x} {:016x}",
                     headers.FileHeader.TimeDateStamp,
                     headers.OptionalHeader.SizeOfImage,
                     headers.OptionalHeader.CheckSum,
                     headers.OptionalHeader.AddressOfEntryPoint,
                     hash);
}

std::string path_of(HMODULE module) {
  constexpr std::size_t longest = 32768;
  std::wstring path(longest, L'\0');
  path.resize(::GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size())));
  return narrow(path);
}

HMODULE program() {
  return ::GetModuleHandleW(nullptr);
}

HMODULE module_with(const void* address) {
  HMODULE module = nullptr;
  ::GetModuleHandleExW(
      GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
      static_cast<const wchar_t*>(address),
      &module);
  return module;
}

// Without the program, which is looked up by itself.
std::vector<HMODULE> loaded_libraries() {
  DWORD size = 0;
  ::EnumProcessModules(::GetCurrentProcess(), nullptr, 0, &size);
  std::vector<HMODULE> modules(size / sizeof(HMODULE));
  ::EnumProcessModules(::GetCurrentProcess(), modules.data(), size, &size);
  modules.resize(std::min<std::size_t>(modules.size(), size / sizeof(HMODULE)));
  std::erase(modules, program());
  return modules;
}

FoundAddress address_in(HMODULE module, std::uint64_t offset, std::size_t size, Purpose purpose) {
  const DWORD right = purpose == Purpose::code ? IMAGE_SCN_MEM_EXECUTE : IMAGE_SCN_MEM_READ;
  for (const IMAGE_SECTION_HEADER& section : sections_of(module)) {
    const std::uint64_t begin = section.VirtualAddress;
    const std::uint64_t length = section.Misc.VirtualSize;
    if ((section.Characteristics & right) != 0 && offset >= begin && offset - begin <= length &&
        size <= length - (offset - begin)) {
      return {.result = Lookup::found, .address = reinterpret_cast<const char*>(module) + offset};
    }
  }
  return {.result = Lookup::outside};
}

}  // namespace

std::optional<ModulePlace> place_of(const void* address) {
  const HMODULE module = module_with(address);
  if (module == nullptr) {
    return std::nullopt;
  }
  const auto offset = static_cast<std::uint64_t>(static_cast<const char*>(address) -
                                                 reinterpret_cast<const char*>(module));
  return ModulePlace{.module = {.is_program = module == program(),
                                .path = path_of(module),
                                .identity = identity_of(module)},
                     .offset = offset};
}

FoundAddress address_of(const ModulePlace& place, std::size_t size, Purpose purpose) {
  FoundAddress found;
  const auto modules =
      place.module.is_program ? std::vector<HMODULE>{program()} : loaded_libraries();
  for (const HMODULE module : modules) {
    const bool same_path = place.module.is_program || path_of(module) == place.module.path;
    if (identity_of(module) == place.module.identity) {
      found = address_in(module, place.offset, size, purpose);
      if (same_path) {
        return found;
      }
    } else if (same_path && found.result == Lookup::not_loaded) {
      found.result = Lookup::other_build;
    }
  }
  return found;
}

// A function that calls no other may have no entry in the tables for unwinding.
bool is_function_start(const void* address) noexcept {
  const auto wanted = reinterpret_cast<DWORD64>(address);
  DWORD64 base = 0;
  const auto* const entry = ::RtlLookupFunctionEntry(wanted, &base, nullptr);
  return entry == nullptr || base + entry->BeginAddress == wanted;
}

std::string load_module(const ModuleName& /*module*/) {
  return "libraries are not loaded for a function on Windows";
}

std::string program_path() {
  return path_of(program());
}

}  // namespace progeny::platform
