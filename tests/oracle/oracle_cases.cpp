#include "oracle_case.hpp"

#include <utility>

namespace progeny::testing {

namespace {

using Cases = std::vector<OracleCase>;
using Options = std::map<std::string, std::string>;

const Options capture = {{"capture_output", "1"}};

// `capture` with more.
Options captured(Options more) {
  more.insert(capture.begin(), capture.end());
  return more;
}

OracleCase shell(std::string name, std::string command, Options more = {}) {
  more.emplace("shell", "1");
  return {.name = std::move(name),
          .args = {std::move(command)},
          .is_string = true,
          .options = captured(std::move(more))};
}

OracleCase one_string(std::string name, std::string function, std::string command) {
  return {.name = std::move(name),
          .function = std::move(function),
          .args = {std::move(command)},
          .is_string = true};
}

Cases exit_cases() {
  Cases cases;
  for (const char* code : {"0", "1", "2", "47", "100", "127", "128", "255"}) {
    cases.push_back(
        {.name = std::string("exit_code_") + code, .args = {"@child", "exit_with", code}});
  }
  for (const char* signal : {"6", "9", "15"}) {
    cases.push_back(
        {.name = std::string("signal_") + signal, .args = {"@child", "raise_signal", signal}});
  }
  return cases;
}

Cases argument_cases() {
  std::string all_bytes;
  for (int byte = 1; byte < 256; ++byte) {
    all_bytes += static_cast<char>(byte);
  }
  return {
      {.name = "arguments_that_a_shell_would_touch",
       .args = {"@child", "print_args", "a b", "", "*", "$HOME", "\"", "'", "\\", "\t", "~", ";"},
       .options = capture},
      {.name = "arguments_of_every_byte",
       .args = {"@child", "print_args", all_bytes},
       .options = capture},
      {.name = "string_is_a_program", .args = {"@dir/exit47"}, .is_string = true},
      {.name = "string_is_not_split", .args = {"true x"}, .is_string = true},
      {.name = "missing_path", .args = {"@dir/missing"}},
      {.name = "missing_name", .args = {"no-such-program-anywhere"}},
      {.name = "empty_program", .args = {""}},
      {.name = "folder_as_program", .args = {"@dir"}},
      {.name = "file_that_is_no_program", .args = {"@dir/plain"}},
      {.name = "file_as_folder_of_the_program", .args = {"@dir/plain/x"}},
      {.name = "script_without_its_interpreter", .args = {"@dir/no_interpreter"}},
      {.name = "nul_in_an_argument", .args = {"@child", std::string("a\0b", 3)}},
      {.name = "nul_in_the_program", .args = {std::string("a\0b", 3)}},
      {.name = "argument_too_long", .args = {"@child", std::string(131072, 'x')}},
      {.name = "executable_wins",
       .args = {"bogus", "exit_with", "5"},
       .options = {{"executable", "@child"}}},
      {.name = "executable_missing",
       .args = {"@child", "exit_with", "0"},
       .options = {{"executable", "@dir/missing"}}},
      {.name = "relative_program_is_found_from_cwd",
       .args = {"./exit47"},
       .options = {{"cwd", "@dir"}}},
      {.name = "relative_program_is_not_found_elsewhere",
       .args = {"./exit47"},
       .options = {{"cwd", "/"}}},
      {.name = "creationflags_are_of_the_other_system",
       .args = {"@child", "exit_with", "0"},
       .options = {{"creationflags", "16"}}},
  };
}

Cases shell_cases() {
  return {
      shell("shell_exit", "exit 3"),
      shell("shell_output", "printf o; printf e >&2"),
      shell("shell_unknown_command", "no-such-command-anywhere 2>/dev/null"),
      shell("shell_empty", ""),
      shell("shell_killed", "kill -9 $$"),
      shell("shell_name", "echo $0"),
      shell("shell_environment",
            "echo $FRUIT",
            {{"env", std::string("FRUIT") + value_separator + "apple" + variable_separator}}),
      {.name = "shell_with_a_list",
       .args = {"echo $0 $1", "A", "B"},
       .options = captured({{"shell", "1"}})},
      one_string("getoutput", "getoutput", "echo xyzzy"),
      one_string("getoutput_of_two_line_ends", "getoutput", "echo x; echo"),
      one_string("getstatusoutput", "getstatusoutput", "printf o; printf e >&2; exit 3"),
      one_string("getstatusoutput_unknown", "getstatusoutput", "exit 127"),
      one_string("getstatusoutput_killed", "getstatusoutput", "kill -15 $$"),
      one_string("system_exit", "system", "exit 3"),
      one_string("system_killed", "system", "kill -9 $$"),
      one_string("system_empty", "system", ""),
      one_string("system_nul", "system", std::string("exit 0\0", 7)),
      one_string("popen_output", "popen", R"(printf 'a\r\nb\n')"),
      one_string("popen_failure", "popen", "exit 42"),
  };
}

Cases folder_and_environment_cases() {
  const auto variable = [](const std::string& name, const std::string& value) {
    return name + value_separator + value + variable_separator;
  };
  return {
      {.name = "cwd", .args = {"@child", "print_cwd"}, .options = captured({{"cwd", "/usr/../"}})},
      {.name = "cwd_missing",
       .args = {"@child", "exit_with", "0"},
       .options = {{"cwd", "@dir/missing"}}},
      {.name = "cwd_file",
       .args = {"@child", "exit_with", "0"},
       .options = {{"cwd", "@dir/plain"}}},
      {.name = "cwd_empty", .args = {"@child", "exit_with", "0"}, .options = {{"cwd", ""}}},
      {.name = "cwd_nul",
       .args = {"@child", "exit_with", "0"},
       .options = {{"cwd", std::string("/\0x", 3)}}},
      {.name = "env",
       .args = {"@child", "print_environment"},
       .options = captured({{"env", variable("FRUIT", "orange=lemon") + variable("EMPTY", "")}})},
      {.name = "env_empty",
       .args = {"@child", "print_environment"},
       .options = captured({{"env", ""}})},
      {.name = "env_of_other_bytes",
       .args = {"@child", "print_environment"},
       .options = captured({{"env", variable("F\xff", "\x80")}})},
      {.name = "env_with_nul",
       .args = {"@child", "exit_with", "0"},
       .options = {{"env", variable("A", std::string("x\0y", 3))}}},
      {.name = "env_with_equals_in_the_name",
       .args = {"@child", "exit_with", "0"},
       .options = {{"env", variable("A=B", "x")}}},
      {.name = "umask", .args = {"@child", "print_umask"}, .options = captured({{"umask", "63"}})},
      {.name = "process_group_that_is_not_there",
       .args = {"@child", "exit_with", "0"},
       .options = {{"process_group", "99999999"}}},
      {.name = "user_unknown",
       .args = {"@child", "exit_with", "0"},
       .options = {{"user", "no-such-user-anywhere"}}},
      {.name = "group_unknown",
       .args = {"@child", "exit_with", "0"},
       .options = {{"group", "no-such-group-anywhere"}}},
      {.name = "user_negative", .args = {"@child", "exit_with", "0"}, .options = {{"user", "-2"}}},
  };
}

}  // namespace

std::vector<OracleCase> oracle_cases() {
  Cases all;
  for (const Cases& cases : {exit_cases(),
                             argument_cases(),
                             shell_cases(),
                             folder_and_environment_cases(),
                             stream_cases(),
                             communicate_cases(),
                             text_cases(),
                             check_cases(),
                             timeout_cases()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

}  // namespace progeny::testing
