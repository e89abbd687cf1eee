#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial/cereal.hpp>

#include <gtest/gtest.h>

// Their functions for the same types must not get in the way.
#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// NOLINTBEGIN(misc-use-internal-linkage): cereal finds them by their argument.
namespace family {

/// With free functions, and a version.
struct Versioned {
  int number = 0;
  std::vector<std::string> texts;
  std::uint32_t loaded = 0;
};

template <class Archive>
void save(Archive& archive, const Versioned& value, std::uint32_t version) {
  archive << value.number << value.texts << version;
}

template <class Archive>
void load(Archive& archive, Versioned& value, std::uint32_t version) {
  std::uint32_t saved = 0;
  archive >> value.number >> value.texts >> saved;
  value.loaded = saved == version ? version : 0;
}

/// With a free function for both directions.
struct Both {
  int number = 0;
  bool operator==(const Both&) const = default;
};

template <class Archive>
void serialize(Archive& archive, Both& value) {
  archive & value.number;
}

}  // namespace family
// NOLINTEND(misc-use-internal-linkage)

CEREAL_CLASS_VERSION(family::Versioned, 7)

namespace {

using namespace progeny::testing;

/// With functions that save and load one simple value.
class Minimal {
 public:
  Minimal() = default;
  explicit Minimal(std::string text) : text_(std::move(text)) {}
  bool operator==(const Minimal&) const = default;

  template <class Archive>
  [[nodiscard]] std::string save_minimal(const Archive& /*archive*/) const {
    return text_;
  }
  template <class Archive>
  void load_minimal(const Archive& /*archive*/, const std::string& text) {
    text_ = text;
  }

 private:
  std::string text_;
};

/// With functions that cereal alone may call; without them it would be copied.
class Secret {
 public:
  Secret() = default;
  explicit Secret(int number) : number_(number) {}
  [[nodiscard]] int number() const { return number_; }

 private:
  friend class cereal::access;
  template <class Archive>
  void save(Archive& archive) const {
    archive(number_);
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(number_);
    ++number_;
  }

  int number_ = 0;
};

/// With a base that has functions too.
struct Savings : Account {
  double rate = 0;
  bool operator==(const Savings&) const = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(cereal::base_class<Account>(this), rate);
  }
};

/// A container that asks for its own length.
struct Sized {
  std::vector<char> elements;
  bool operator==(const Sized&) const = default;

  template <class Archive>
  void save(Archive& archive) const {
    archive(cereal::make_size_tag(static_cast<cereal::size_type>(elements.size())));
    archive(cereal::binary_data(elements.data(), elements.size()));
  }
  template <class Archive>
  void load(Archive& archive) {
    cereal::size_type size = 0;
    archive(cereal::make_size_tag(size));
    elements.resize(static_cast<std::size_t>(size));
    archive(cereal::binary_data(elements.data(), elements.size()));
  }
};

TEST(Cereal, MemberFunctionsAreUsed) {
  const Account account("ada", {1, 2, 3});
  EXPECT_EQ(round_trip(account), account);
  EXPECT_EQ(round_trip(std::vector{account, account}), (std::vector{account, account}));
}

TEST(Cereal, FreeFunctionsAreUsed) {
  EXPECT_EQ(round_trip(family::Both{5}), family::Both{5});
}

TEST(Cereal, FunctionsWithAVersionAreToldTheSavedOne) {
  const family::Versioned arrived = round_trip(family::Versioned{1, {"a", "b"}, 0});
  EXPECT_EQ(arrived.texts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(arrived.loaded, 7U);
}

TEST(Cereal, MinimalFunctionsAreUsed) {
  EXPECT_EQ(round_trip(Minimal("text")), Minimal("text"));
}

TEST(Cereal, PrivateFunctionsComeBeforeCopying) {
  EXPECT_EQ(round_trip(Secret(3)).number(), 4);
}

TEST(Cereal, BasesAreSavedByTheirOwnFunctions) {
  const Savings savings{{"ada", {1}}, 0.5};
  EXPECT_EQ(round_trip(savings), savings);
}

TEST(Cereal, PointersInsideShareWithThoseOutside) {
  const auto account = std::make_shared<Account>("ada", std::vector<std::int64_t>{});
  const auto arrived = round_trip(std::vector{account, account});
  EXPECT_EQ(*arrived[0], *account);
  EXPECT_EQ(arrived[0], arrived[1]);
}

TEST(Cereal, ALengthThatAClassAsksForIsChecked) {
  EXPECT_EQ(round_trip(Sized{{'a', 'b'}}), (Sized{{'a', 'b'}}));
  const std::string huge("\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 9);
  EXPECT_EQ(
      decoding_error<Sized>(forged<Sized>(huge)),
      "9223372036854775807 elements of at least 1 bytes are announced where 0 bytes are left");
}

TEST(Cereal, ContainersInsideAreNotCereals) {
  const std::string huge("\x00\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10);
  EXPECT_EQ(
      decoding_error<Account>(forged<Account>(huge)),
      "9223372036854775807 elements of at least 8 bytes are announced where 0 bytes are left");
}

}  // namespace
