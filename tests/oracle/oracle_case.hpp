#pragma once

// A case that Python and progeny are both asked. The table in oracle_cases.cpp is the only source:
// Python reads it as JSON.

#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace progeny::testing {

/// How a command is started, and with what. `@child` in a value is the path of the test child,
/// `@dir` a folder that holds what `make_fixtures` puts there.
struct OracleCase {
  /// What the case is about; unique.
  std::string name;
  /// The function to call: `run`, `call`, `communicate`, `system`, ...
  std::string function = "run";
  /// The command's words; a single one if `is_string`.
  std::vector<std::string> args = {};
  /// Whether the command is one string.
  bool is_string = false;
  /// Keyword arguments by the names that progeny gives them, each value in text.
  std::map<std::string, std::string> options = {};
};

/// What a failing test shows of a case.
inline void PrintTo(const OracleCase& oracle_case, std::ostream* out) {
  *out << oracle_case.name;
}

/// Separates name and value of a variable in the option `env`.
inline constexpr char value_separator = '\x1e';
/// Ends a variable in the option `env`.
inline constexpr char variable_separator = '\x1f';

/// All cases.
[[nodiscard]] std::vector<OracleCase> oracle_cases();

/// Those of them that are about streams, and about what `run` and its kin make of an end.
[[nodiscard]] std::vector<OracleCase> stream_cases();
[[nodiscard]] std::vector<OracleCase> communicate_cases();
[[nodiscard]] std::vector<OracleCase> text_cases();
[[nodiscard]] std::vector<OracleCase> check_cases();
[[nodiscard]] std::vector<OracleCase> timeout_cases();

/// The cases as JSON; each byte is one character, so that Python gets back exactly these bytes.
[[nodiscard]] std::string to_json(const std::vector<OracleCase>& cases);

/// How progeny answers: `returncode 0 stdout '6869' stderr -`, or the error.
[[nodiscard]] std::string answer(const OracleCase& oracle_case);

}  // namespace progeny::testing
