#include "oracle_case.hpp"

#include <utility>

namespace progeny::testing {

namespace {

using Options = std::map<std::string, std::string>;

const std::vector<std::string> print = {"@child", "print", "out", "err", "3"};

// A child that prints the bytes `hex`, with its output captured in text mode.
OracleCase decoding(std::string name, std::string hex, Options options) {
  options.emplace("std_out", "PIPE");
  return {.name = std::move(name),
          .args = {"@child", "print_hex", std::move(hex)},
          .options = std::move(options)};
}

// A child that shows which bytes it got.
OracleCase encoding(std::string name, std::string input, Options options) {
  options.emplace("std_out", "PIPE");
  options.emplace("input", std::move(input));
  return {.name = std::move(name), .args = {"@child", "hex_stdin"}, .options = std::move(options)};
}

}  // namespace

std::vector<OracleCase> stream_cases() {
  const std::string bytes("\0\r\n\x80\xff\n\r", 7);
  return {
      {.name = "nothing_captured",
       .args = print,
       .options = {{"std_out", "DEVNULL"}, {"std_err", "DEVNULL"}}},
      {.name = "stdout_captured",
       .args = print,
       .options = {{"std_out", "PIPE"}, {"std_err", "DEVNULL"}}},
      {.name = "stderr_captured",
       .args = print,
       .options = {{"std_out", "DEVNULL"}, {"std_err", "PIPE"}}},
      {.name = "both_captured", .args = print, .options = {{"capture_output", "1"}}},
      {.name = "both_merged",
       .args = print,
       .options = {{"std_out", "PIPE"}, {"std_err", "STDOUT"}}},
      {.name = "silent_child",
       .args = {"@child", "exit_with", "0"},
       .options = {{"capture_output", "1"}}},
      {.name = "input_of_every_kind_of_byte",
       .args = {"@child", "echo_stdin"},
       .options = {{"input", bytes}, {"std_out", "PIPE"}}},
      {.name = "input_empty",
       .args = {"@child", "echo_stdin"},
       .options = {{"input", ""}, {"std_out", "PIPE"}}},
      {.name = "input_of_300_kilobytes",
       .args = {"@child", "echo_to_both"},
       .options = {{"input", std::string(300'000, 'x')}, {"capture_output", "1"}}},
      {.name = "input_that_nobody_reads",
       .args = {"@child", "exit_with", "3"},
       .options = {{"input", std::string(300'000, 'x')}, {"capture_output", "1"}}},
      {.name = "stdin_devnull",
       .args = {"@child", "echo_stdin"},
       .options = {{"std_in", "DEVNULL"}, {"std_out", "PIPE"}}},
      {.name = "descriptor_that_is_not_open",
       .args = {"@child", "exit_with", "0"},
       .options = {{"std_out", "999"}}},
      {.name = "passed_descriptor_that_is_not_open",
       .args = {"@child", "exit_with", "0"},
       .options = {{"pass_fds", "999"}}},
      {.name = "passed_descriptor_that_is_negative",
       .args = {"@child", "exit_with", "0"},
       .options = {{"pass_fds", "-3"}}},
  };
}

std::vector<OracleCase> communicate_cases() {
  return {
      {.name = "communicate_with_all_pipes",
       .function = "communicate",
       .args = {"@child", "echo_to_both"},
       .options =
           {{"input", "pear"}, {"std_in", "PIPE"}, {"std_out", "PIPE"}, {"std_err", "PIPE"}}},
      {.name = "communicate_with_stdout_only",
       .function = "communicate",
       .args = print,
       .options = {{"std_out", "PIPE"}, {"std_err", "DEVNULL"}}},
      {.name = "communicate_without_pipes",
       .function = "communicate",
       .args = {"@child", "exit_with", "6"}},
      {.name = "readlines_of_bytes",
       .function = "readlines",
       .args = {"@child", "print_hex", "610d0a620d630a0a64"},
       .options = {{"std_out", "PIPE"}}},
      {.name = "readlines_of_text",
       .function = "readlines",
       .args = {"@child", "print_hex", "610d0a620d630a0a64"},
       .options = {{"std_out", "PIPE"}, {"text", "1"}}},
  };
}

std::vector<OracleCase> text_cases() {
  return {
      decoding("newlines", "610d0d620a0d630d0a0d0a640d", {{"text", "1"}}),
      decoding("other_line_breaks", "610b620c63c28564e280a865", {{"text", "1"}}),
      decoding("undecodable_strict", "5b80805d", {{"text", "1"}}),
      decoding("undecodable_ignore", "5b80805d", {{"errors", "ignore"}}),
      decoding("undecodable_replace", "5b80805d", {{"errors", "replace"}}),
      decoding("undecodable_backslashreplace", "5b80805d", {{"errors", "backslashreplace"}}),
      decoding("overlong", "c0af", {{"errors", "replace"}}),
      decoding("surrogate", "eda080", {{"errors", "replace"}}),
      decoding("truncated", "78f09f98", {{"errors", "replace"}}),
      decoding("truncated_strict", "78f09f98", {{"text", "1"}}),
      decoding("byte_order_mark_kept", "efbbbf78", {{"encoding", "utf-8"}}),
      decoding("byte_order_mark_dropped", "efbbbf78", {{"encoding", "utf-8-sig"}}),
      decoding("nul_kept", "610062", {{"encoding", "utf-8"}}),
      decoding("latin_1", "e9a4", {{"encoding", "latin-1"}}),
      decoding("cp1252", "80e9", {{"encoding", "cp1252"}}),
      decoding("utf_16", "fffe41003dd800de0d000a00", {{"encoding", "utf-16"}}),
      decoding("utf_16_be", "0041d83dde00", {{"encoding", "utf-16-be"}}),
      decoding("utf_32_le", "4100000000f60100", {{"encoding", "utf-32-le"}}),
      decoding("shift_jis", "83658358", {{"encoding", "shift_jis"}}),
      decoding("ascii_strict", "61e9", {{"encoding", "ascii"}}),
      decoding("ascii_replace", "61e962", {{"encoding", "ascii"}, {"errors", "replace"}}),
      decoding("unknown_encoding", "61", {{"encoding", "no-such-encoding"}}),
      encoding("encode_latin_1", "caf\u00e9\r\n", {{"encoding", "latin-1"}}),
      encoding("encode_utf_16_le", "\U0001F600", {{"encoding", "utf-16-le"}}),
      encoding("encode_ascii_strict", "\u00e9", {{"encoding", "ascii"}}),
      encoding("encode_ascii_replace", "\u00e9x", {{"encoding", "ascii"}, {"errors", "replace"}}),
      encoding("encode_ascii_ignore", "\u00e9x", {{"encoding", "ascii"}, {"errors", "ignore"}}),
      encoding("encode_ascii_backslashreplace",
               "\u00e9\u20ac\U0001F600",
               {{"encoding", "ascii"}, {"errors", "backslashreplace"}}),
  };
}

std::vector<OracleCase> check_cases() {
  const std::vector<std::string> fail = {"@child", "print", "out", "err", "5"};
  return {
      {.name = "check_failure", .args = fail, .options = {{"check", "1"}, {"capture_output", "1"}}},
      {.name = "check_signal",
       .args = {"@child", "raise_signal", "15"},
       .options = {{"check", "1"}}},
      {.name = "check_success", .args = {"@child", "exit_with", "0"}, .options = {{"check", "1"}}},
      {.name = "check_of_undecodable_output",
       .args = {"@child", "print_hex", "80", "3"},
       .options = {{"check", "1"}, {"std_out", "PIPE"}, {"text", "1"}}},
      {.name = "call_success", .function = "call", .args = {"@child", "exit_with", "0"}},
      {.name = "call_failure", .function = "call", .args = {"@child", "exit_with", "47"}},
      {.name = "call_signal", .function = "call", .args = {"@child", "raise_signal", "9"}},
      {.name = "check_call_success",
       .function = "check_call",
       .args = {"@child", "exit_with", "0"}},
      {.name = "check_call_failure",
       .function = "check_call",
       .args = {"@child", "exit_with", "47"}},
      {.name = "check_output_success",
       .function = "check_output",
       .args = {"@child", "print", "BDFL", ""}},
      {.name = "check_output_failure",
       .function = "check_output",
       .args = fail,
       .options = {{"std_err", "STDOUT"}}},
      {.name = "check_output_with_input",
       .function = "check_output",
       .args = {"@child", "upper_stdin"},
       .options = {{"input", "pear"}}},
      {.name = "check_output_refuses_stdout",
       .function = "check_output",
       .args = {"@child", "exit_with", "0"},
       .options = {{"std_out", "PIPE"}}},
      {.name = "check_output_refuses_check",
       .function = "check_output",
       .args = {"@child", "exit_with", "0"},
       .options = {{"check", "1"}}},
      {.name = "capture_output_refuses_stdout",
       .args = {"@child", "exit_with", "0"},
       .options = {{"capture_output", "1"}, {"std_out", "PIPE"}}},
      {.name = "capture_output_refuses_stderr",
       .args = {"@child", "exit_with", "0"},
       .options = {{"capture_output", "1"}, {"std_err", "STDOUT"}}},
      {.name = "input_refuses_stdin",
       .args = {"@child", "exit_with", "0"},
       .options = {{"input", "x"}, {"std_in", "PIPE"}}},
  };
}

std::vector<OracleCase> timeout_cases() {
  const std::vector<std::string> sleep = {"@child", "pause_until_killed"};
  return {
      {.name = "timeout", .args = sleep, .options = {{"timeout", "0.05"}}},
      {.name = "timeout_while_capturing",
       .args = sleep,
       .options = {{"timeout", "0.05"}, {"capture_output", "1"}}},
      {.name = "timeout_of_zero",
       .args = sleep,
       .options = {{"timeout", "0"}, {"capture_output", "1"}}},
      {.name = "timeout_below_zero", .args = sleep, .options = {{"timeout", "-1"}}},
      {.name = "timeout_of_call",
       .function = "call",
       .args = sleep,
       .options = {{"timeout", "0.05"}}},
      {.name = "timeout_of_check_output",
       .function = "check_output",
       .args = sleep,
       .options = {{"timeout", "0.05"}}},
      {.name = "timeout_that_is_not_reached",
       .args = {"@child", "print", "out", ""},
       .options = {{"timeout", "600"}, {"std_out", "PIPE"}}},
  };
}

}  // namespace progeny::testing
