// Pickles that CPython 3.8 to 3.13 wrote, as vectors.txt has them: a name and hexadecimal digits.

#include <progeny/pickle.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace progeny::pickle {

namespace {

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

// What contains itself cannot be compared; its text is.
bool seem_equal(const Value& left, const Value& right) {
  try {
    return left == right || left.repr() == right.repr();
  } catch (const RuntimeError&) {
    return left.repr() == right.repr();
  }
}

// MP-208 and others: every sample comes back from the bytes that its re-encoding has.
TEST(PickleVectors, AreReadAndWrittenAgain) {
  std::ifstream file(PROGENY_PICKLE_VECTORS);
  std::string name;
  std::string digits;
  int count = 0;
  while (file >> name >> digits) {
    ++count;
    SCOPED_TRACE(name);
    const Value value = loads(from_hex(digits));
    for (int protocol = 4; protocol <= highest_protocol; ++protocol) {
      const Value again = loads(dumps(value, {.protocol = protocol}));
      EXPECT_EQ(again.kind(), value.kind());
      EXPECT_TRUE(seem_equal(again, value)) << again.repr(300) << "\n" << value.repr(300);
    }
  }
  EXPECT_GT(count, 500);
}

}  // namespace

}  // namespace progeny::pickle
