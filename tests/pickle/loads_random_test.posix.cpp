// Random bytes and damaged pickles: whatever a peer writes costs only the message.

#include <progeny/pickle.hpp>

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace progeny::pickle {

namespace {

using namespace std::string_literals;

// F: whatever a peer writes costs only the message.
TEST(PickleGarbage, RandomBytesAndChangedPickles) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const Value shared = Value::list({1, "two"});
  const std::string good =
      dumps(Value::dict({{"a", shared},
                         {Value::tuple({1, 2, 3, 4}), shared},
                         {2.5, Value::set({1, 2, "x"})},
                         {"o", Value::object(Value::global("m", "C"), {}, shared)}}));
  for (int round = 0; round < 5'000; ++round) {
    std::string text = good;
    if (round % 4 == 0) {
      text.resize(random() % 40);
      for (char& byte : text) {
        byte = "\x80\x04(]}aeshpq0t.)bRN\x85\x94h\x00\x01"s[random() % 24];
      }
    } else {
      for (int changes = 0; changes < 3; ++changes) {
        text[random() % text.size()] = static_cast<char>(random());
      }
    }
    try {
      const Value value = loads(text, {.memory = 1'000'000});
      static_cast<void>(dumps(value));
      static_cast<void>(value.repr());
    } catch (const UnpicklingError&) {
    } catch (const PicklingError&) {
    }
  }
}

}  // namespace

}  // namespace progeny::pickle
