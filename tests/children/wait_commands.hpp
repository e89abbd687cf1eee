#pragma once

// Commands of the test child that wait: for time, for the word to go on, for a grandchild.
//
// No such word is lost once a command has said `ready` on stderr.

#include "commands.hpp"

namespace progeny::testing {

/// MILLISECONDS CODE: exits after this time.
int exit_after_ms(const Words& words);
/// MILLISECONDS TEXT: writes after this time.
int write_after_ms(const Words& words);
/// TEXT MILLISECONDS CODE: writes, closes its outputs, exits after this time.
int print_then_exit_after_ms(const Words& words);
/// OUT ERR: writes one word to each stream and stays.
int print_then_sleep(const Words& words);
/// Closes stdout and stays.
int close_stdout_and_sleep(const Words& words);
/// A B [echo]: writes A, waits for the word, writes B; with `echo` copies stdin to stderr then.
int print_wait_go_print(const Words& words);
/// A B: as `print_wait_go_print` with bytes in hexadecimal digits.
int print_hex_wait_go_print_hex(const Words& words);
/// COUNT: writes so many bytes of `numbered_lines` three times, each but the first after the word.
int print_pattern_wait_go_twice(const Words& words);
/// Waits for the word, then copies stdin to stdout.
int wait_go_echo(const Words& words);
/// Copies stdin to stdout, for ten minutes at the most.
int hold_streams(const Words& words);
/// Starts a process that holds its streams until stdin ends, writes that one's pid, and stays.
int spawn_holding_grandchild(const Words& words);
/// MILLISECONDS TEXT: starts a process that writes TEXT after this time, and exits at once.
int leave_grandchild_writing(const Words& words);

}  // namespace progeny::testing
