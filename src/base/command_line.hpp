#pragma once

// Arguments in one line, as Windows hands them to a program.

#include <span>
#include <string>
#include <string_view>

namespace progeny::detail {

/// The line that the C runtime of Microsoft's compilers splits into these arguments.
[[nodiscard]] std::string join_arguments(std::span<const std::string> arguments);

/// Whether the system would hand the program to cmd.exe: its name ends in .bat or .cmd, be it
/// followed by dots and blanks, which the system ignores.
[[nodiscard]] bool is_batch_file(std::string_view program);

/// The command line with which cmd.exe runs `script` so that the arguments are what `%1`, `%2` and
/// so on stand for, and none of them is taken for a command. Throws ValueError for what cannot be
/// said: a line end in an argument, a double quote in the script's name.
[[nodiscard]] std::string join_batch_arguments(std::string_view script,
                                               std::span<const std::string> arguments);

}  // namespace progeny::detail
