#pragma once

// Commands of the test child that wait: for time, for signals, for a grandchild.
//
// SIGUSR1 is blocked when a command says `ready` on stderr, so that none is lost.

#include "talk_commands.hpp"

namespace progeny::testing {

/// MILLISECONDS CODE: exits after this time.
int exit_after_ms(const Words& words);
/// TEXT MILLISECONDS CODE: writes, closes its outputs, exits after this time.
int print_then_exit_after_ms(const Words& words);
/// OUT ERR: writes one word to each stream and stays.
int print_then_sleep(const Words& words);
/// Closes stdout and stays.
int close_stdout_and_sleep(const Words& words);
/// Stays, and ignores SIGTERM; says `ready` on stdout.
int ignore_sigterm(const Words& words);
/// CODE: exits with it on SIGINT; says `ready` on stdout.
int exit_on_sigint(const Words& words);
/// TEXT: writes it on SIGTERM and exits; says `ready` on stderr.
int print_on_sigterm(const Words& words);
/// A B [echo]: writes A, waits for SIGUSR1, writes B; with `echo` copies stdin to stderr then.
int print_wait_usr1_print(const Words& words);
/// A B: as `print_wait_usr1_print` with bytes in hexadecimal digits.
int print_hex_wait_usr1_print_hex(const Words& words);
/// COUNT: writes so many bytes of `numbered_lines` three times, each but the first after a SIGUSR1.
int print_pattern_wait_usr1_twice(const Words& words);
/// Waits for SIGUSR1, then copies stdin to stdout.
int wait_usr1_echo(const Words& words);
/// Starts a process that holds its streams until stdin ends, writes that one's pid, and stays.
int spawn_holding_grandchild(const Words& words);
/// MILLISECONDS TEXT: starts a process that writes TEXT after this time, and exits at once.
int leave_grandchild_writing(const Words& words);
/// NAME: writes this line of its /proc/self/status.
int print_status_line(const Words& words);

}  // namespace progeny::testing
