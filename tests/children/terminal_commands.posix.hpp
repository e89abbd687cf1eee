#pragma once

// Commands of the test child about its terminal. POSIX only.

#include "commands.hpp"

namespace progeny::testing {

/// Writes for stdin, stdout and stderr 1 if it is a terminal, else 0, then the size of the window,
/// and whose the terminal is: `own`, `foreign` or `none`, as in `111 24 80 own`.
int print_terminal(const Words& words);
/// Writes `ready`, and the size of the window when that has changed: `24 80`.
int print_new_size(const Words& words);
/// Lets every key through as it is, writes `ready`, and after the word how many were typed by then.
int count_keys_after_go(const Words& words);
/// CODE: writes `ready`, and exits with this code when it is hung up.
int exit_on_hang_up(const Words& words);

}  // namespace progeny::testing
