#pragma once

// The program and the shared libraries that are loaded in this process, and the places in them, in
// words that another process understands: where each is loaded differs from process to process.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace progeny::platform {

/// A program or shared library.
struct ModuleName {
  bool is_program = false;  ///< The file that the process was started from.
  std::string path;         ///< Absolute, unless the loader was given a relative one.
  /// What two loaded modules have in common exactly if they were made by one run of the linker.
  /// Linux: the bytes of the build-id note; without one, a hash over the headers and the code as
  /// loaded. The file is not asked, which may have been replaced meanwhile. Windows: a hash over
  /// the headers, which hold the time of linking and the sizes.
  std::string identity;
  bool has_build_id = false;  ///< Whether a file that is not loaded can be compared, too.

  bool operator==(const ModuleName&) const = default;
};

/// A place in a module.
struct ModulePlace {
  ModuleName module;
  std::uint64_t offset = 0;  ///< From where the module is loaded.

  bool operator==(const ModulePlace&) const = default;
};

/// What the bytes at an address have to be.
enum class Purpose : std::uint8_t { data, code };

/// How `address_of` ended.
enum class Lookup : std::uint8_t { found, not_loaded, other_build, outside };

/// An address, or why there is none.
struct FoundAddress {
  Lookup result = Lookup::not_loaded;
  const void* address = nullptr;
};

/// The place at `address`. Nothing if it lies in no module: code made at run time, the heap.
[[nodiscard]] std::optional<ModulePlace> place_of(const void* address);

/// Where `place` is in this process. `outside`: not all of the `size` bytes from there on are in
/// one readable segment (for code: in an executable one). `other_build`: a module of that path is
/// loaded, but of another identity.
[[nodiscard]] FoundAddress address_of(const ModulePlace& place, std::size_t size, Purpose purpose);

/// Whether a function begins at `address`, which lies in executable memory, as far as the tables
/// for unwinding and the dynamic symbols tell. True if they say nothing.
[[nodiscard]] bool is_function_start(const void* address) noexcept;

/// Loads the shared library, whose initialisers then run, if the file at its path has its build-id.
/// An empty string, or a sentence that says why not.
[[nodiscard]] std::string load_module(const ModuleName& module);

/// The path of the program that this process runs.
[[nodiscard]] std::string program_path();

}  // namespace progeny::platform
