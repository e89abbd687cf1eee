// H, I: random cases, answered by Python and by progeny.
//
//   PROGENY_ORACLE_SEED=7      the seed, else a fixed one
//   PROGENY_ORACLE_ROUNDS=20   how many rounds of cases, each with a seed of its own
//   PROGENY_ORACLE_CASE='read encoding=cp1255 errors=replace data=ff8a78 steps=read'
//                              this case alone, as a failing test prints it

#include "fuzz_case.hpp"
#include "support/children/test_child.hpp"

#include <progeny/os/environment.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <string>
#include <vector>

// PROGENY_FUZZ_SCRIPT is the path of fuzz.py; the build defines it.

namespace progeny::testing {

namespace {

namespace sp = progeny::subprocess;

constexpr int cases_of_a_round = 2000;

// One Python process answers all these questions.
std::vector<std::string> ask_python(const std::vector<std::string>& questions) {
  std::string table;
  for (const std::string& question : questions) {
    table += question + '\n';
  }
  auto environment = os::environment();
  environment.set("PYTHONUTF8", "1");
  environment.set("PYTHONCOERCECLOCALE", "0");
  const std::string answers = sp::check_output({"python3", PROGENY_FUZZ_SCRIPT, test_child()},
                                               {.input = table, .env = environment});
  return split(answers, '\n');
}

// Of these the tables differ here and there: the converter's are those of the C library, see
// docs/python_differences.md. Cases take only letters of which both have the same opinion.
bool has_other_table(const std::string& encoding) {
  static constexpr std::array tables{
      "big5",         "big5hkscs",    "cp932",          "cp950",
      "euc_jis_2004", "euc_jisx0213", "euc_kr",         "gb18030",
      "gbk",          "iso2022_jp",   "johab",          "iso2022_jp_1",
      "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_ext", "iso2022_jp_2004",
      "iso2022_kr",   "shift_jis",    "shift_jis_2004", "shift_jisx0213",
  };
  return std::ranges::find(tables, encoding) != tables.end();
}

// Judges the letters of one encoding by both sides' answers.
FuzzEncoding make_encoding(const std::string& name,
                           const std::vector<FuzzCase>& cases,
                           const std::vector<std::string>& python) {
  FuzzEncoding result{.name = name, .letters = {}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const bool is_error = !python[i].starts_with('\'');
    if (has_other_table(name)) {
      const std::string own = fuzz_answer(cases[i]);
      if (is_error ? own.starts_with('\'') : own != python[i]) {
        continue;
      }
    }
    const std::string shown = is_error ? "" : from_hex(split(python[i], '\'').at(1));
    if (cases[i].has("data")) {
      // In other tables bytes of equal meaning are not always written equally.
      result.letters.push_back(
          {.text = has_other_table(name) ? "" : shown, .bytes = expand(cases[i].get("data"))});
    } else {
      result.letters.push_back({.text = expand(cases[i].get("letter")), .bytes = shown});
    }
  }
  return result;
}

// All encodings that both sides know, with their letters.
std::vector<FuzzEncoding> encodings_of_both(std::uint64_t seed) {
  std::vector<std::vector<FuzzCase>> cases;
  std::vector<std::string> names;
  std::vector<std::string> questions;
  for (const std::string& name : split(ask_python({"encodings"}).at(0), ',')) {
    const FuzzCase probe{"convert", {{"encoding", name}, {"data", "41"}}};
    // utf-7 is the converter's, which knows no surrogates and other errors.
    if (name != "utf_7" && fuzz_answer(probe) != "LookupError") {
      names.push_back(name);
      cases.push_back(letter_cases(seed, name));
      for (const FuzzCase& one : cases.back()) {
        questions.push_back(to_line(one));
      }
    }
  }
  const auto answers = ask_python(questions);
  std::vector<FuzzEncoding> result;
  auto first = answers.begin();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto last = first + static_cast<std::ptrdiff_t>(cases[i].size());
    result.push_back(make_encoding(names[i], cases[i], {first, last}));
    first = last;
  }
  return result;
}

// Returns how many cases were answered differently.
int compare(const std::vector<FuzzCase>& cases) {
  constexpr int shown_failures = 12;
  std::vector<std::string> questions;
  std::ranges::transform(cases, std::back_inserter(questions), to_line);
  const auto python = ask_python(questions);
  int failures = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string own = fuzz_answer(cases[i]);
    if (own != python.at(i) && python[i] != "unknown" && ++failures <= shown_failures) {
      ADD_FAILURE() << "PROGENY_ORACLE_CASE='" << questions[i] << "'\n  Python:  " << python[i]
                    << "\n  progeny: " << own;
    }
  }
  return failures;
}

std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const auto text = os::environment().get(name);
  return text ? std::stoull(*text) : otherwise;
}

bool has_python() {
  return sp::call("command -v python3 > /dev/null", {.shell = true}) == 0;
}

// H1 to H6, I1, I2
TEST(OracleFuzz, AnswersAsPythonDoes) {
  if (!has_python()) {
    FAIL() << "there is no python3 on this machine to compare with";
  }
  if (const auto only = os::environment().get("PROGENY_ORACLE_CASE")) {
    compare({from_line(*only)});
    return;
  }
  const std::uint64_t first = number("PROGENY_ORACLE_SEED", 18);
  const std::uint64_t rounds = number("PROGENY_ORACLE_ROUNDS", 1);
  for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
    FuzzGenerator generator(seed, encodings_of_both(seed));
    std::vector<FuzzCase> cases;
    for (int i = 0; i < cases_of_a_round; ++i) {
      cases.push_back(generator.next());
    }
    const int failures = compare(cases);
    std::cout << "PROGENY_ORACLE_SEED=" << seed << ": " << cases.size() << " cases, " << failures
              << " answered differently\n";
    if (failures != 0) {
      return;
    }
  }
}

}  // namespace

}  // namespace progeny::testing
