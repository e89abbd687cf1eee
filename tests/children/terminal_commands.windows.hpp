#pragma once

// Commands of the test child about its console, which they find whatever its standard streams are:
// Wine 8 does not let those lead to a pseudo-console. Windows only.

#include "commands.hpp"

namespace progeny::testing {

/// TEXT: writes it on the console.
int print_on_console(const Words& words);
/// TEXT: writes it on the console and stays.
int print_on_console_and_stay(const Words& words);
/// Exits with the size of the console's window: 1000 times its rows, and its columns.
int exit_with_console_size(const Words& words);
/// TEXT: exits with 0 if this is the line that is typed on the console, else with 1.
int expect_console_line(const Words& words);
/// Reads the console to the end of what is typed, exits with how many lines it was.
int count_console_lines(const Words& words);

}  // namespace progeny::testing
