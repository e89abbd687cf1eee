#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

/// A class with a rule, that says itself how it travels.
class Even {
 public:
  explicit Even(int number) : number_(number) {
    if (number % 2 != 0) {
      throw std::invalid_argument("odd");
    }
  }
  [[nodiscard]] int number() const { return number_; }
  bool operator==(const Even&) const = default;

 private:
  int number_;
};

/// A class of which nothing needs to travel.
class Tag {
 public:
  explicit Tag(int /*anything*/) {}
  bool operator==(const Tag&) const { return true; }
};

/// A class that refuses to travel.
struct Sticky {};

/// A class that contains itself by way of its own codec alone.
struct Nest {
  std::unique_ptr<Nest> inner;
};

}  // namespace

template <>
struct progeny::serial::Codec<Even> {
  static void save(Writer& writer, const Even& value) { writer.write(value.number()); }
  static Even load(Reader& reader) {
    const int number = reader.read<int>();
    if (number % 2 != 0) {
      reader.fail("an odd number");
    }
    return Even(number);
  }
};

template <>
struct progeny::serial::Codec<Tag> {
  static void save(Writer& /*writer*/, const Tag& /*value*/) {}
  static Tag load(Reader& /*reader*/) { return Tag(0); }
};

template <>
struct progeny::serial::Codec<Sticky> {
  static void save(Writer& /*writer*/, const Sticky& /*value*/) { throw std::runtime_error("no"); }
  static Sticky load(Reader& /*reader*/) { return {}; }
};

template <>
struct progeny::serial::Codec<Nest> {
  static void save(Writer& writer, const Nest& value) {
    writer.write(value.inner != nullptr);
    if (value.inner) {
      writer.write(*value.inner);
    }
  }
  static Nest load(Reader& reader) {
    Nest nest;
    if (reader.read<bool>()) {
      nest.inner = std::make_unique<Nest>(reader.read<Nest>());
    }
    return nest;
  }
};

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

// MP-182
// As `encode(std::tie(a, b))` saves a copy.
TEST(UserCodec, TravelsInATupleOfReferences) {
  const Even even(4);
  const std::string text = "text";
  const auto message = progeny::serial::encode(std::tie(even, text));
  using Read = std::tuple<Even, std::string>;
  EXPECT_EQ(progeny::serial::decode<Read>({.bytes = message.bytes, .handles = {}}),
            Read(even, text));
}

TEST(UserCodec, ServesTheTypeWhereverItIs) {
  EXPECT_EQ(round_trip(Even(4)), Even(4));
  const std::vector<std::pair<std::optional<Even>, std::string>> nested{{Even(2), "a"}, {{}, "b"}};
  EXPECT_EQ(round_trip(nested), nested);
}

// MP-182
TEST(UserCodec, RefusesGarbageWithASentence) {
  EXPECT_EQ(decoding_error<Even>(forged<Even>(std::string("\x03\0\0\0", 4))), "an odd number");
}

TEST(UserCodec, MayWriteNothing) {
  EXPECT_EQ(round_trip(std::vector<Tag>(1000, Tag(1))).size(), 1000U);
  EXPECT_EQ(decoding_error<std::vector<Tag>>(forged<std::vector<Tag>>("\x03zz")),
            "3 elements of at least 1 bytes are announced where 2 bytes are left");
}

// MP-166
TEST(UserCodec, ThatThrowsFailsBeforeAnythingIsSent) {
  EXPECT_THROW(static_cast<void>(serial::encode(std::vector<Sticky>(2))), std::runtime_error);
}

TEST(UserCodec, ThatCallsItselfIsLimitedInDepth) {
  EXPECT_EQ(decoding_error<Nest>(forged<Nest>(std::string(100000, '\x01'))),
            "nested deeper than 1000 levels");
}

TEST(UserCodec, MakesATypeOfItsName) {
  EXPECT_THROW(static_cast<void>(serial::from_bytes<Even>(serial::to_bytes(4))),
               serial::DecodeError);
}

}  // namespace
