#include "platform/program/modules.hpp"
#include "support/system/temp_dir.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include <dlfcn.h>
#include <link.h>

// PROGENY_TEST_LIBRARY and PROGENY_TEST_LIBRARY_WITHOUT_ID are shared libraries; the build defines
// them.

namespace progeny::platform {

namespace {

namespace fs = std::filesystem;
using testing::TempDir;

constexpr std::size_t much = std::size_t{1} << 40;

int function_of_this_program() {
  return 1;
}

const void* const function = reinterpret_cast<const void*>(&function_of_this_program);
const char data_of_this_program[] = "data";

struct CloseLibrary {
  void operator()(void* library) const { ::dlclose(library); }
};
using Library = std::unique_ptr<void, CloseLibrary>;

Library open_library(const std::string& path) {
  Library library(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
  EXPECT_NE(library, nullptr) << path;
  return library;
}

const void* function_in(const Library& library) {
  return ::dlsym(library.get(), "progeny_test_double");
}

// The place of the function in a library, which is closed again.
ModulePlace place_in_library(const std::string& path) {
  const Library library = open_library(path);
  return place_of(function_in(library)).value_or(ModulePlace());
}

TEST(PlaceOf, IsInTheProgram) {
  for (const void* const address : {function, static_cast<const void*>(data_of_this_program)}) {
    const auto place = place_of(address);
    ASSERT_TRUE(place);
    EXPECT_TRUE(place->module.is_program);
    EXPECT_EQ(place->module.path, fs::read_symlink("/proc/self/exe"));
    EXPECT_NE(place->module.identity, "");
  }
}

TEST(PlaceOf, IsInALibrary) {
  const ModulePlace place = place_in_library(PROGENY_TEST_LIBRARY);
  EXPECT_FALSE(place.module.is_program);
  EXPECT_EQ(place.module.path, fs::canonical(PROGENY_TEST_LIBRARY));
  EXPECT_TRUE(place.module.has_build_id);
}

TEST(PlaceOf, IsNowhereOutsideOfModules) {
  const auto on_the_heap = std::make_unique<int>(0);
  EXPECT_FALSE(place_of(on_the_heap.get()));
  EXPECT_FALSE(place_of(&on_the_heap));
  EXPECT_FALSE(place_of(nullptr));
}

TEST(PlaceOf, HasAnIdentityAlsoWithoutABuildId) {
  const ModulePlace place = place_in_library(PROGENY_TEST_LIBRARY_WITHOUT_ID);
  EXPECT_FALSE(place.module.has_build_id);
  EXPECT_TRUE(place.module.identity.starts_with("code ")) << place.module.identity;
  EXPECT_EQ(place_in_library(PROGENY_TEST_LIBRARY_WITHOUT_ID), place);
  EXPECT_NE(place_in_library(PROGENY_TEST_LIBRARY).module.identity, place.module.identity);
}

TEST(AddressOf, IsTheReverse) {
  const ModulePlace code = place_of(function).value_or(ModulePlace());
  EXPECT_EQ(address_of(code, 1, Purpose::code).result, Lookup::found);
  EXPECT_EQ(address_of(code, 1, Purpose::code).address, function);
  const ModulePlace data = place_of(data_of_this_program).value_or(ModulePlace());
  EXPECT_EQ(address_of(data, sizeof data_of_this_program, Purpose::data).address,
            data_of_this_program);
}

TEST(AddressOf, OfAllKindsOfLibraries) {
  for (const char* const path : {PROGENY_TEST_LIBRARY, PROGENY_TEST_LIBRARY_WITHOUT_ID}) {
    const ModulePlace place = place_in_library(path);
    EXPECT_EQ(address_of(place, 1, Purpose::code).result, Lookup::not_loaded);
    const Library library = open_library(path);
    const FoundAddress found = address_of(place, 1, Purpose::code);
    EXPECT_EQ(found.result, Lookup::found);
    EXPECT_EQ(found.address, function_in(library));
  }
}

TEST(AddressOf, IsOutsideUnlessASegmentHoldsAllOfIt) {
  ModulePlace place = place_of(function).value_or(ModulePlace());
  EXPECT_EQ(address_of(place, much, Purpose::code).result, Lookup::outside);
  place.offset = much;
  EXPECT_EQ(address_of(place, 1, Purpose::code).result, Lookup::outside);
  place.offset = ~std::uint64_t{0};
  EXPECT_EQ(address_of(place, 2, Purpose::data).result, Lookup::outside);
  const ModulePlace data = place_of(data_of_this_program).value_or(ModulePlace());
  EXPECT_EQ(address_of(data, 1, Purpose::code).result, Lookup::outside);
}

TEST(AddressOf, TellsAnotherBuildFromOneThatIsNotLoaded) {
  ModulePlace program = place_of(function).value_or(ModulePlace());
  program.module.identity += "x";
  EXPECT_EQ(address_of(program, 1, Purpose::code).result, Lookup::other_build);
  ModulePlace place = place_in_library(PROGENY_TEST_LIBRARY);
  place.module.identity += "x";
  EXPECT_EQ(address_of(place, 1, Purpose::code).result, Lookup::not_loaded);
  const Library library = open_library(PROGENY_TEST_LIBRARY);
  EXPECT_EQ(address_of(place, 1, Purpose::code).result, Lookup::other_build);
}

TEST(AddressOf, MeansTheCopyAtThePathIfThereAreSeveral) {
  const TempDir dir;
  const auto copy = dir.path() / "copy.so";
  fs::copy_file(PROGENY_TEST_LIBRARY, copy);
  const Library first = open_library(PROGENY_TEST_LIBRARY);
  const Library second = open_library(copy);
  ASSERT_NE(function_in(first), function_in(second));
  for (const Library* const library : {&first, &second}) {
    const ModulePlace place = place_of(function_in(*library)).value_or(ModulePlace());
    EXPECT_EQ(address_of(place, 1, Purpose::code).address, function_in(*library));
  }
}

TEST(AddressOf, FindsACopyAtAnotherPath) {
  const TempDir dir;
  const auto copy = dir.path() / "copy.so";
  fs::copy_file(PROGENY_TEST_LIBRARY, copy);
  const ModulePlace place = place_in_library(PROGENY_TEST_LIBRARY);
  const Library library = open_library(copy);
  EXPECT_EQ(address_of(place, 1, Purpose::code).address, function_in(library));
}

TEST(IsFunctionStart, IsTrueOfTheFirstByteAlone) {
  EXPECT_TRUE(is_function_start(function));
  EXPECT_FALSE(is_function_start(static_cast<const char*>(function) + 1));
  const Library library = open_library(PROGENY_TEST_LIBRARY);
  EXPECT_TRUE(is_function_start(function_in(library)));
  EXPECT_FALSE(is_function_start(static_cast<const char*>(function_in(library)) + 1));
}

TEST(IsFunctionStart, IsTrueWhereNothingIsKnown) {
  const int on_the_stack = 0;
  EXPECT_TRUE(is_function_start(&on_the_stack));
}

TEST(LoadModule, LoadsTheFileOfThatBuild) {
  const ModulePlace place = place_in_library(PROGENY_TEST_LIBRARY);
  EXPECT_EQ(load_module(place.module), "");
  const FoundAddress found = address_of(place, 1, Purpose::code);
  ASSERT_EQ(found.result, Lookup::found);
  EXPECT_EQ(reinterpret_cast<int (*)(int)>(const_cast<void*>(found.address))(21), 42);
  // It is loaded for good; here it goes again.
  const Library again = open_library(PROGENY_TEST_LIBRARY);
  ::dlclose(again.get());
}

// F3: what is loaded is the file that was checked. It keeps the name that it was asked for by, even
// when another file has that name.
TEST(LoadModule, KeepsTheNameOfTheFile) {
  const TempDir dir;
  ModulePlace place = place_in_library(PROGENY_TEST_LIBRARY);
  place.module.path = (fs::canonical(dir.path()) / "copy.so").string();
  fs::copy_file(PROGENY_TEST_LIBRARY, place.module.path);
  ASSERT_EQ(load_module(place.module), "");
  const auto path_of = [&] {
    return place_of(address_of(place, 1, Purpose::code).address).value().module.path;
  };
  EXPECT_EQ(path_of(), place.module.path);
  fs::remove(place.module.path);
  EXPECT_EQ(path_of(), place.module.path);
}

TEST(LoadModule, SaysWhyNot) {
  ModuleName module = place_in_library(PROGENY_TEST_LIBRARY).module;
  const std::string identity = module.identity;
  module.identity += "x";
  EXPECT_EQ(load_module(module), "the file there has another build-id");
  module.path = "/no/such/library.so";
  EXPECT_EQ(load_module(module), "open: No such file or directory");
  module.path = "/etc/passwd";
  module.identity = identity;
  EXPECT_EQ(load_module(module), "the file there has another build-id");
  EXPECT_EQ(load_module(place_in_library(PROGENY_TEST_LIBRARY_WITHOUT_ID).module),
            "it has no build-id by which its file could be checked");
}

TEST(LoadModule, PassesOnWhatTheLoaderSays) {
  const TempDir dir;
  ModuleName module = place_in_library(PROGENY_TEST_LIBRARY).module;
  module.path = (dir.path() / "foreign.so").string();
  fs::copy_file(PROGENY_TEST_LIBRARY, module.path);
  // The same build for another machine: the header says so, elf(5).
  std::fstream file(module.path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(offsetof(ElfW(Ehdr), e_machine)) << "\xff\xff" << std::flush;
  const std::string reason = load_module(module);
  EXPECT_NE(reason, "");
  EXPECT_NE(reason, "the file there has another build-id");
}

TEST(ProgramPath, IsThatOfTheKernel) {
  EXPECT_EQ(program_path(), fs::read_symlink("/proc/self/exe"));
}

}  // namespace

}  // namespace progeny::platform
