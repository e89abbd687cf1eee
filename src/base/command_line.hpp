#pragma once

// Arguments in one line, as Windows passes them to a program.

#include <span>
#include <string>
#include <string_view>

namespace progeny::detail {

/// The line that Microsoft's C runtime splits into these arguments.
[[nodiscard]] std::string join_arguments(std::span<const std::string> arguments);

/// Whether Windows runs the program by cmd.exe: its name ends in .bat or .cmd, in any case. Dots
/// and blanks at its end do not count, as the system ignores them.
[[nodiscard]] bool is_batch_file(std::string_view program);

/// The command line with which cmd.exe runs `script`, so that `%1`, `%2` and so on are the
/// arguments, and no part of them is run as a command.
/// - Throws: ValueError if there is no such line: an argument has a line end in it, or the script's
///   name has a double quote in it or ends with a backslash.
[[nodiscard]] std::string join_batch_arguments(std::string_view script,
                                               std::span<const std::string> arguments);

}  // namespace progeny::detail
