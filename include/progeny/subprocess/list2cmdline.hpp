#pragma once

// A list of arguments as the one string that a Windows program takes apart again.

#include <progeny/export.hpp>
#include <progeny/subprocess/args.hpp>

#include <string>

namespace progeny::subprocess {

/// Quotes and joins arguments as the C runtime of Windows splits them: an argument with a blank, a
/// tab or nothing in it is put in double quotes, a double quote inside gets a backslash, and
/// backslashes before a double quote are doubled.
///
/// The command interpreter's own special characters (`^ & < > %`) are left alone: this is for
/// programs, not for `cmd`.
///
/// - Python: `subprocess.list2cmdline`.
/// - Threads: safe.
/// - Platforms: pure text, the same everywhere; POSIX programs never see such a string.
[[nodiscard]] PROGENY_EXPORT std::string list2cmdline(const Args& args);

}  // namespace progeny::subprocess
