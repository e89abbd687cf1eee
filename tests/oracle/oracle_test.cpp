#include "oracle_case.hpp"
#include "support/children/test_child.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/os/environment.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

// PROGENY_ORACLE_SCRIPT is the path of oracle.py; the build defines it.

namespace progeny::testing {

namespace {

namespace sp = progeny::subprocess;

// Makes the files that the cases speak of.
void make_fixtures(const std::filesystem::path& dir) {
  using std::filesystem::perms;
  std::ofstream(dir / "exit47") << "#!/bin/sh\nexit 47\n";
  std::filesystem::permissions(dir / "exit47", perms::owner_all);
  std::ofstream(dir / "no_interpreter") << "#!/no/such/interpreter\n";
  std::filesystem::permissions(dir / "no_interpreter", perms::owner_all);
  std::ofstream(dir / "plain") << "not a program\n";
  std::filesystem::permissions(dir / "plain", perms::owner_read | perms::owner_write);
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::vector<OracleCase> cases_in(const std::string& dir) {
  std::vector<OracleCase> cases = oracle_cases();
  const auto fill_in = [&dir](std::string& text) {
    replace_all(text, "@child", test_child());
    replace_all(text, "@dir", dir);
  };
  for (OracleCase& oracle_case : cases) {
    std::ranges::for_each(oracle_case.args, fill_in);
    for (auto& option : oracle_case.options) {
      fill_in(option.second);
    }
  }
  return cases;
}

// What both sides see, made once: the folder, the filled-in cases, and Python's answers.
class Oracle {
 public:
  Oracle() {
    make_fixtures(dir_.path());
    cases_ = cases_in(dir_.path().string());
    const std::string table = (dir_.path() / "cases.json").string();
    std::ofstream(table) << to_json(cases_);
    auto environment = os::environment();
    // Text without an encoding is UTF-8 in progeny, whatever the locale.
    environment.set("PYTHONUTF8", "1");
    environment.set("PYTHONCOERCECLOCALE", "0");
    read_answers(sp::check_output({"python3", PROGENY_ORACLE_SCRIPT, table},
                                  {.std_in = sp::DEVNULL, .env = environment}));
  }

  [[nodiscard]] const OracleCase& find(const std::string& name) const {
    return *std::ranges::find(cases_, name, &OracleCase::name);
  }
  [[nodiscard]] const std::string& python(const std::string& name) const {
    return answers_.at(name);
  }

 private:
  void read_answers(const std::string& output) {
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t tab = line.find('\t');
      answers_[line.substr(0, tab)] = line.substr(tab + 1);
    }
  }

  TempDir dir_;
  std::vector<OracleCase> cases_;
  std::map<std::string, std::string> answers_;
};

bool has_python() {
  static const bool found = sp::call("command -v python3 > /dev/null", {.shell = true}) == 0;
  return found;
}

class OracleTest : public ::testing::TestWithParam<OracleCase> {
 protected:
  // One Python process answers all cases.
  static void SetUpTestSuite() {
    if (has_python()) {
      oracle = std::make_unique<Oracle>();
    }
  }
  static void TearDownTestSuite() { oracle.reset(); }
  void SetUp() override {
    if (!oracle) {
      FAIL() << "there is no python3 on this machine to compare with";
    }
  }

  static inline std::unique_ptr<Oracle> oracle;
};

TEST_P(OracleTest, AnswersAsPythonDoes) {
  const std::string& name = GetParam().name;
  EXPECT_EQ(answer(oracle->find(name)), oracle->python(name));
}

INSTANTIATE_TEST_SUITE_P(Cases,
                         OracleTest,
                         ::testing::ValuesIn(oracle_cases()),
                         [](const auto& one) { return one.param.name; });

}  // namespace

}  // namespace progeny::testing
