#pragma once

// Command lines as a POSIX shell reads them: Python's module `shlex`.

#include <progeny/export.hpp>
#include <progeny/subprocess/args.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace progeny::subprocess::shlex {

/// Keyword arguments of `split`.
struct SplitOptions {
  /// Whether `#` begins a comment, up to the end of the line.
  bool comments = false;
  /// Whether quotes and backslashes are taken away, as a shell does. Otherwise they stay in the
  /// words.
  bool posix = true;
};

/// Splits a command into words as a shell would. Nothing is expanded.
///
/// - Python: `shlex.split`.
/// - Returns: the words: `split("a 'b c'")` is `{"a", "b c"}`.
/// - Throws: `ValueError` ("No closing quotation", "No escaped character").
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT std::vector<std::string> split(std::string_view command,
                                                            const SplitOptions& options = {});

/// The word as a shell has to see it, in quotes if it needs them.
///
/// - Python: `shlex.quote`.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT std::string quote(std::string_view word);

/// Words as one command, from which `split` and a shell get the same words.
///
/// - Python: `shlex.join`.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT std::string join(const std::vector<std::string>& words);

/// A command as one would type it: `join` for a list, a string as it is.
[[nodiscard]] PROGENY_EXPORT std::string join(const Args& args);

}  // namespace progeny::subprocess::shlex
