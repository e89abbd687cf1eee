#pragma once

// What every command of the test child is.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::testing {

/// The words behind the command's name.
using Words = std::vector<std::string>;

/// Does what its name says with its words, and returns the exit code.
using Command = int (*)(const Words&);

/// Commands by their names.
using Commands = std::map<std::string_view, Command>;

/// An entry of `Commands`: a function under its own name.
#define PROGENY_COMMAND(name) {#name, &(name)}

/// The commands that only this system can have.
[[nodiscard]] Commands system_commands();

/// Calls the command that the first word names with the rest; returns its exit code.
int run_command(const Words& words);

}  // namespace progeny::testing
