#include "platform/program/symbols.hpp"
#include "support/system/temp_dir.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <sys/stat.h>

namespace progeny::platform {

namespace symbols_test {

constexpr int line_of_function = __LINE__ + 2;

int function_with_a_name(int number) {
  return number + 1;
}

}  // namespace symbols_test

namespace {

namespace fs = std::filesystem;

ModulePlace place_of_function() {
  const auto address = reinterpret_cast<const void*>(&symbols_test::function_with_a_name);
  return place_of(address).value_or(ModulePlace());
}

std::vector<SourcePlace> symbols_at(const ModulePlace& place) {
  return symbols_of(std::array{place}).front();
}

TEST(SymbolsOf, NameTheFunctionAndItsPlaceInTheSource) {
  const auto places = symbols_at(place_of_function());
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].function, "progeny::platform::symbols_test::function_with_a_name(int)");
  if (!places[0].file.empty()) {  // Built with debug information.
    EXPECT_EQ(fs::path(places[0].file).filename(), fs::path(__FILE__).filename());
    EXPECT_EQ(places[0].line, symbols_test::line_of_function);
  }
}

TEST(SymbolsOf, AreInTheOrderOfThePlaces) {
  ModulePlace nowhere = place_of_function();
  nowhere.module.path = "/no/such/file";
  nowhere.module.is_program = false;
  const auto symbols = symbols_of(std::array{nowhere, place_of_function(), nowhere});
  ASSERT_EQ(symbols.size(), 3U);
  EXPECT_TRUE(symbols[0].empty());
  EXPECT_FALSE(symbols[1].empty());
  EXPECT_TRUE(symbols[2].empty());
  EXPECT_TRUE(symbols_of({}).empty());
}

TEST(SymbolsOf, OfAProgramAreFoundWhateverItsFileIsCalledNow) {
  ModulePlace renamed = place_of_function();
  renamed.module.path = "/no/such/file";
  EXPECT_EQ(symbols_at(renamed).size(), 1U);
}

TEST(SymbolsOf, AnotherBuildAreNone) {
  ModulePlace other = place_of_function();
  other.module.identity += "x";
  EXPECT_TRUE(symbols_at(other).empty());
  ModulePlace unknown = place_of_function();
  unknown.module.has_build_id = false;
  EXPECT_TRUE(symbols_at(unknown).empty());
}

TEST(SymbolsOf, APlaceWithoutCodeAreNone) {
  ModulePlace place = place_of_function();
  place.offset = std::uint64_t{1} << 40;
  EXPECT_TRUE(symbols_at(place).empty());
}

// Opening it would wait for a writer.
TEST(SymbolsOf, DoNotOpenWhatIsNoFile) {
  const testing::TempDir dir;
  ModulePlace place = place_of_function();
  place.module.path = (dir.path() / "pipe").string();
  place.module.is_program = false;
  ASSERT_EQ(::mkfifo(place.module.path.c_str(), 0600), 0);
  EXPECT_TRUE(symbols_at(place).empty());
  place.module.path = "/etc/passwd";
  EXPECT_TRUE(symbols_at(place).empty());
}

TEST(SymbolsOf, ALibraryAreFound) {
  void* const library = ::dlopen(PROGENY_TEST_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr);
  const auto place = place_of(::dlsym(library, "progeny_test_double"));
  ::dlclose(library);
  ASSERT_TRUE(place);
  const auto places = symbols_at(*place);
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].function, "progeny_test_double");
}

}  // namespace

}  // namespace progeny::platform
