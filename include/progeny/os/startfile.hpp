#pragma once

// Opens a document in the program that the user has chosen for it: Python's `os.startfile`.

#include <progeny/base/path_like.hpp>
#include <progeny/export.hpp>

namespace progeny::os {

/// Opens a file, a folder or a URL as a double click on it would.
///
/// Returns when the program has been started. There is no way to wait for its end.
///
/// - Python: `os.startfile`. Differs: exists on Linux too.
/// - Throws: `ValueError` for a NUL in `path`; `OSError` with ENOENT and the path for a missing
/// file;
///   `OSError` if the system knows no program for the file, or if `xdg-open` is missing on Linux.
/// - Blocks: on Linux up to half a second, in which `xdg-open` may report that it found no program.
/// - Platforms: `xdg-open` on Linux; `ShellExecute` on Windows.
PROGENY_EXPORT void startfile(const PathLike& path);

}  // namespace progeny::os
