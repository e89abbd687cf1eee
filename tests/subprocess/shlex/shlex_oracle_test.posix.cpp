// shlex beside python3, with random commands.

#include <progeny/base/errors.hpp>
#include <progeny/subprocess.hpp>
#include <progeny/subprocess/shlex.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace progeny::subprocess {

namespace {

constexpr auto shlex_script = R"(
import shlex, sys
for line in sys.stdin:
    comments, posix, text = line[0] == '1', line[1] == '1', bytes.fromhex(line[2:]).decode()
    try:
        words = shlex.split(text, comments, posix)
        print(' '.join([w.encode().hex() + ';' for w in words]), shlex.quote(text).encode().hex())
    except ValueError as e:
        print('ValueError', e, shlex.quote(text).encode().hex())
)";

std::string hexadecimal(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return digits;
}

std::string answer_to(const std::string& text, const shlex::SplitOptions& options) {
  std::string words;
  try {
    for (const std::string& word : shlex::split(text, options)) {
      words += (words.empty() ? "" : " ") + hexadecimal(word) + ";";
    }
  } catch (const ValueError& error) {
    words = fmt::format("ValueError {}", error.what());
  }
  return words + " " + hexadecimal(shlex::quote(text));
}

TEST(ShlexOracle, AgreesWithPython) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  std::vector<std::string> texts;
  std::vector<shlex::SplitOptions> options;
  std::string input;
  for (int i = 0; i < 3'000; ++i) {
    std::string text;
    for (std::size_t length = random() % 12; length > 0; --length) {
      text += std::string_view("ab'\"\\ \t\n#$-")[random() % 11];
    }
    options.push_back({.comments = random() % 2 == 0, .posix = random() % 3 != 0});
    input += fmt::format(
        "{:d}{:d}{}\n", options.back().comments, options.back().posix, hexadecimal(text));
    texts.push_back(text);
  }
  std::istringstream answers(check_output({"python3", "-c", shlex_script}, {.input = input}));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::string expected;
    std::getline(answers, expected);
    EXPECT_EQ(answer_to(texts[i], options[i]), expected)
        << "\"" << texts[i] << "\" " << options[i].comments << options[i].posix;
  }
}

}  // namespace

}  // namespace progeny::subprocess
