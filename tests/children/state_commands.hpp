#pragma once

// Commands of the test child that tell what it was started with.

#include "talk_commands.hpp"

namespace progeny::testing {

/// CODE: exits with it.
int exit_with(const Words& words);
/// NUMBER: ends by this signal.
int raise_signal(const Words& words);
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
/// Writes the umask in octal digits.
int print_umask(const Words& words);
/// Writes its open descriptors in one line: `0 1 2`.
int print_descriptors(const Words& words);
/// NUMBER: writes `open` or `closed`.
int print_descriptor_state(const Words& words);
/// Writes real, effective and saved user and group, then the supplementary groups in order.
int print_ids(const Words& words);
/// Writes its pid, process group and session.
int print_process_ids(const Words& words);
/// Writes `argv[0]`.
int print_program_name(const Words& words);

}  // namespace progeny::testing
