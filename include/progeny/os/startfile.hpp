#pragma once

// Opens a document in the program that the user has chosen for it: Python's `os.startfile`.

#include <progeny/base/path_like.hpp>
#include <progeny/export.hpp>

namespace progeny::os {

/// Opens a file, a folder or a URL as a double click on it would.
///
/// Returns when the program is on its way; there is no means to wait for it or to learn how it
/// ended.
///
/// - Python: `os.startfile`, which exists on Windows alone.
/// - Throws: `ValueError` for a NUL in `path`; `OSError` with ENOENT and the path for a file that
///   is not there; `OSError` if the system knows no program for it, or has no way to ask (on Linux:
///   `xdg-open` is missing).
/// - Blocks: on Linux up to half a second, in which xdg-open may report that it found no program.
/// - Platforms: `xdg-open` on Linux; `ShellExecute` on Windows.
PROGENY_EXPORT void startfile(const PathLike& path);

}  // namespace progeny::os
