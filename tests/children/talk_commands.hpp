#pragma once

// Commands of the test child that read and write its streams.

#include "commands.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace progeny::testing {

/// The bytes that a row of hexadecimal digits names.
[[nodiscard]] std::string from_hex(std::string_view hex);
/// `count` bytes in which a lost or displaced block shows.
[[nodiscard]] std::string numbered_lines(std::size_t count);

/// OUT ERR [CODE]: writes one word to each stream and exits.
int print(const Words& words);
/// HEX [CODE]: writes these bytes.
int print_hex(const Words& words);
/// HEX: writes these bytes, one by one.
int trickle_hex(const Words& words);
/// COUNT HEX: writes so many `x`, then these bytes.
int print_x_and_hex(const Words& words);
/// COUNT: writes so many bytes of `numbered_lines`.
int print_pattern(const Words& words);
/// COUNT: writes so many bytes of `numbered_lines` to both streams in turns; reads nothing.
int flood_both(const Words& words);
/// Copies stdin to stdout and stderr.
int echo_to_both(const Words& words);
/// Writes stdin in upper case.
int upper_stdin(const Words& words);
/// Writes the bytes of stdin in hexadecimal digits.
int hex_stdin(const Words& words);
/// Writes how many bytes stdin had.
int count_stdin(const Words& words);
/// TEXT: exits with 0 if stdin is exactly this, else with 1.
int expect_stdin(const Words& words);
/// CODE: exits when stdin ends.
int exit_on_eof(const Words& words);
/// TEXT: writes this at once and exits when stdin ends.
int print_then_exit_on_eof(const Words& words);
/// OUT ERR [CODE]: as `print`, after closing stdin.
int close_stdin_and_print(const Words& words);
/// HEX: writes the first line of stdin, `line2`, the rest of stdin, and these bytes.
int dialogue(const Words& words);

}  // namespace progeny::testing
