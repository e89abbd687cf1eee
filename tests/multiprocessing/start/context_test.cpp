// Start methods by name, and the default one.

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/context.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace {

namespace mp = progeny::multiprocessing;

/// No start method is set before and after each test.
class StartMethodChoice : public ::testing::Test {
 public:
  StartMethodChoice() { mp::set_start_method({}, true); }
  ~StartMethodChoice() override { mp::set_start_method({}, true); }
  StartMethodChoice(const StartMethodChoice&) = delete;
  StartMethodChoice& operator=(const StartMethodChoice&) = delete;
};

// MP-004
TEST_F(StartMethodChoice, TheDefaultComesFirst) {
  EXPECT_EQ(mp::get_all_start_methods(), (std::vector<std::string>{"fork", "spawn", "forkserver"}));
  EXPECT_EQ(mp::get_start_method(), "fork");
}

// MP-005
TEST_F(StartMethodChoice, AContextHasOneMethodForGood) {
  for (const auto& method : mp::get_all_start_methods()) {
    const auto context = mp::get_context(method);
    EXPECT_EQ(context.get_start_method(), method);
    EXPECT_EQ(context.get_context(), context);
    EXPECT_THROW(context.set_start_method("spawn"), progeny::ValueError);
    EXPECT_THROW(context.set_start_method({}), progeny::ValueError);
  }
}

// MP-005
TEST_F(StartMethodChoice, AnUnknownMethodHasNoContext) {
  EXPECT_THROW(static_cast<void>(mp::get_context("bogus")), progeny::ValueError);
}

// MP-006
TEST_F(StartMethodChoice, CanBeMadeOnce) {
  mp::set_start_method("spawn");
  EXPECT_THROW(mp::set_start_method("spawn"), progeny::RuntimeError);
  EXPECT_THROW(mp::set_start_method("fork"), progeny::RuntimeError);
  EXPECT_EQ(mp::get_start_method(), "spawn");
}

// MP-006
TEST_F(StartMethodChoice, CanBeForcedAndTakenBack) {
  mp::set_start_method("spawn");
  mp::set_start_method("forkserver", true);
  EXPECT_EQ(mp::get_start_method(true), "forkserver");
  mp::set_start_method({}, true);
  EXPECT_EQ(mp::get_start_method(true), std::nullopt);
}

// MP-006
TEST_F(StartMethodChoice, ABadNameChangesNothing) {
  mp::set_start_method("spawn");
  EXPECT_THROW(mp::set_start_method("bogus", true), progeny::ValueError);
  EXPECT_EQ(mp::get_start_method(), "spawn");
}

// MP-007
TEST_F(StartMethodChoice, AskingFixesTheDefault) {
  EXPECT_EQ(mp::get_start_method(true), std::nullopt);
  EXPECT_EQ(mp::get_start_method(true), std::nullopt);
  EXPECT_EQ(mp::get_start_method(), "fork");
  EXPECT_THROW(mp::set_start_method("spawn"), progeny::RuntimeError);
}

}  // namespace
