#pragma once

// The files that this process has loaded as code: the program and its libraries.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace progeny::platform {

/// A place in a module that is the same in each process that has loaded the same file.
struct ModulePlace {
  std::string module;    ///< Path of the file; empty for the program itself.
  std::string build_id;  ///< As the linker wrote it, or else the size and time of the file.
  std::uint64_t offset = 0;
};

/// Where an address is; nothing if it is in no module.
[[nodiscard]] std::optional<ModulePlace> place_of_address(const void* address);

enum class MemoryUse : std::uint8_t { data, code };

/// The address of `size` bytes at a place of a module that is loaded here. Null if it is not
/// loaded, is of another build, or has no memory for such a use there; `why` says which.
[[nodiscard]] const void* address_of_place(const ModulePlace& place,
                                           std::size_t size,
                                           MemoryUse use,
                                           std::string& why);

}  // namespace progeny::platform
