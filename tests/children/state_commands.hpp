#pragma once

// Commands of the test child that tell what it was started with.

#include "commands.hpp"

namespace progeny::testing {

/// CODE: exits with it.
int exit_with(const Words& words);
/// Copies stdin to stdout.
int echo_stdin(const Words& words);
/// Stays until it is killed.
int pause_until_killed(const Words& words);
/// PATH: creates this file.
int create_file(const Words& words);
/// WORDS: writes each on a line.
int print_args(const Words& words);
/// WORDS: writes each in hexadecimal digits on a line.
int print_args_hex(const Words& words);
/// NAME: writes the value of this variable.
int print_variable(const Words& words);
/// Writes all variables as they are, each with a line end.
int print_environment(const Words& words);
/// Writes the working folder.
int print_cwd(const Words& words);
/// Writes its process id.
int print_pid(const Words& words);
/// Writes `argv[0]`.
int print_program_name(const Words& words);

}  // namespace progeny::testing
