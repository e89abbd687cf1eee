// Python as the judge of what is written.

#include <progeny/pickle.hpp>
#include <progeny/subprocess.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <random>
#include <string>

namespace progeny::pickle {

namespace {

namespace sp = subprocess;

std::string hex_of(const std::string& bytes) {
  std::string digits;
  for (const char byte : bytes) {
    digits += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return digits;
}

std::string bytes_of_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

void expect_that_python_agrees(const std::string& lines) {
  const auto judged =
      sp::run({"python3", PROGENY_PICKLE_JUDGE}, {.input = lines, .std_out = sp::PIPE});
  EXPECT_EQ(judged.returncode, 0) << judged.std_out.value_or("");
}

TEST(PickleAndPython, WhatIsWrittenAgainIsTheSameToPython) {
  std::ifstream file(PROGENY_PICKLE_VECTORS);
  std::string name;
  std::string digits;
  std::string lines;
  while (file >> name >> digits) {
    const Value value = loads(bytes_of_hex(digits));
    for (const int protocol : {4, 5}) {
      lines += fmt::format(
          "{}.as{} {} {}\n", name, protocol, digits, hex_of(dumps(value, {.protocol = protocol})));
    }
  }
  expect_that_python_agrees(lines);
}

class RandomPickles {
 public:
  explicit RandomPickles(unsigned seed) : random_(seed) {}

  Value value(int depth) {
    switch (random_() % (depth > 0 ? 14U : 8U)) {
      case 0:
        return {};
      case 1:
        return random_() % 2 == 0;
      case 2:
        return static_cast<std::int64_t>(random_()) - (std::int64_t{1} << (random_() % 40));
      case 3:
        return Value::integer(text(random_() % 300));
      case 4:
        return std::ldexp(static_cast<double>(random_()), static_cast<int>(random_() % 200) - 100);
      case 5:
      case 6:
        return word();
      case 7:
        return random_() % 2 == 0 ? Value::bytes(text(random_() % 300)) : Value::bytearray(text(5));
      case 8:
        return Value::tuple(values(depth));
      case 9:
        return Value::list(values(depth));
      case 10:
        return Value::set(keys());
      case 11:
        return Value::frozenset(keys());
      case 12: {
        Value dict = Value::dict();
        for (const Value& key : keys()) {
          dict.set_item(key, value(depth - 1));
        }
        return dict;
      }
      default:
        return Value::reduce(Value::global("fractions", "Fraction"), {1 + random_() % 100, 7});
    }
  }

 private:
  std::string text(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) {
      byte = static_cast<char>(random_());
    }
    return bytes;
  }
  Value word() {
    static const std::vector<std::string> words = {
        "", "a", "h\xC3\xA9", "\xF0\x9F\x8C\x8D", "x\ny"};
    return words[random_() % words.size()] + std::string(random_() % 300, 'w');
  }
  std::vector<Value> values(int depth) {
    std::vector<Value> all;
    for (std::size_t i = random_() % 6; i > 0; --i) {
      all.push_back(value(depth - 1));
    }
    if (!all.empty() && random_() % 3 == 0) {
      all.push_back(all.front());
    }
    return all;
  }
  std::vector<Value> keys() {
    std::vector<Value> all;
    for (std::size_t i = random_() % 6; i > 0; --i) {
      all.push_back(random_() % 2 == 0 ? word() : Value(random_() % 50));
    }
    return all;
  }

  std::mt19937 random_;
};

// Python reads the same value under each protocol, and it comes back the same from each.
TEST(PickleAndPython, RandomValuesUnderEachProtocol) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  RandomPickles random(seed);
  std::string lines;
  for (int i = 0; i < 500; ++i) {
    const Value value = random.value(4);
    const std::string first = dumps(value, {.protocol = 4});
    for (const int protocol : {2, 3, 5}) {
      const std::string other = dumps(value, {.protocol = protocol});
      EXPECT_EQ(loads(other), value);
      lines += fmt::format("{}.{} {} {}\n", i, protocol, hex_of(first), hex_of(other));
    }
  }
  expect_that_python_agrees(lines);
}

}  // namespace

}  // namespace progeny::pickle
