#pragma once

// The program and the shared libraries that are loaded in this process, and places in them,
// described so that another process finds the same places: it may have loaded them at other
// addresses.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace progeny::platform {

/// A module: a program or a shared library.
struct ModuleName {
  bool is_program = false;  ///< Whether the process was started from this file.
  std::string path;         ///< Absolute if the file can be resolved; else as the loader has it.
  /// Equal for two loaded modules exactly if one run of the linker made them. Linux: the bytes of
  /// the build-id note; without one, a hash over the headers and the code in memory. The file is
  /// not read, as it may have been replaced since it was loaded. Windows: a hash over the headers,
  /// which contain the time of linking and the sizes.
  std::string identity;
  bool has_build_id = false;  ///< Whether `identity` can be compared with a file, too.

  bool operator==(const ModuleName&) const = default;
};

/// A place in a module.
struct ModulePlace {
  ModuleName module;
  std::uint64_t offset = 0;  ///< In bytes, from the address at which the module is loaded.

  bool operator==(const ModulePlace&) const = default;
};

/// What the bytes at an address must be: readable, or executable.
enum class Purpose : std::uint8_t { data, code };

/// The result of `address_of`.
enum class Lookup : std::uint8_t { found, not_loaded, other_build, outside };

/// An address, or why there is none.
struct FoundAddress {
  Lookup result = Lookup::not_loaded;
  const void* address = nullptr;
};

/// The place at `address`. Nothing if it is in no module, such as code made at run time or the
/// heap.
/// - Threads: safe, as all in this header. Linux: holds the loader's lock for a moment.
[[nodiscard]] std::optional<ModulePlace> place_of(const void* address);

/// The address of `place` in this process. `not_loaded`: there is no such module. `other_build`: a
/// module of that path is loaded, but has another identity. `outside`: the `size` bytes from there
/// on are not all in one readable segment (for code: one executable segment).
[[nodiscard]] FoundAddress address_of(const ModulePlace& place, std::size_t size, Purpose purpose);

/// Whether a function begins at `address`, which is in executable memory, according to the tables
/// for unwinding and the dynamic symbols. True if they have nothing about it.
[[nodiscard]] bool is_function_start(const void* address) noexcept;

/// Loads a shared library if the file at its path has its build-id. Its initialisers run. Windows:
/// loads nothing.
/// - Returns: an empty string, or why it was not loaded.
[[nodiscard]] std::string load_module(const ModuleName& module);

/// The path of this process's program, also if the dynamic loader was started with it. Empty if the
/// system does not say.
[[nodiscard]] std::string program_path();

}  // namespace progeny::platform
