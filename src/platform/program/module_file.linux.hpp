#pragma once

// What the file of a program or library says of itself, by elf(5). Read here, as libelf would have
// to be loaded for it. Linux only.

#include <cstddef>
#include <string>
#include <string_view>

namespace progeny::platform {

/// The build-id in the notes of a module, in its file or in memory. Empty if there is none.
/// Borrowed from `notes`.
[[nodiscard]] std::string_view build_id_in(std::string_view notes, std::size_t alignment);

/// The build-id of an open file. Empty if there is none.
[[nodiscard]] std::string build_id_of_file(int file);

/// Whether a library in an open file has others looked for in its own folder (`$ORIGIN`), or that
/// cannot be told.
[[nodiscard]] bool looks_beside_itself(int file);

}  // namespace progeny::platform
