// No compiler checks what child_exec may call. Here the undefined symbols of its object files are
// compared with a list.

#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

namespace {

namespace sp = progeny::subprocess;

// The library's object file of `source`, or nothing.
std::string object_of(const std::string& source) {
  std::istringstream objects(PROGENY_OBJECTS);  // The build defines it: paths between `:`.
  for (std::string path; std::getline(objects, path, ':');) {
    if (path.find("/" + source + ".o") != std::string::npos) {
      return path;
    }
  }
  return {};
}

// The undefined symbols in the object file of `source`.
std::set<std::string> undefined_symbols(const std::string& source) {
  const std::string object = object_of(source);
  EXPECT_NE(object, "") << source;
  std::istringstream lines(
      sp::check_output({PROGENY_NM, "--undefined-only", "--format=posix", object}));
  std::set<std::string> symbols;
  for (std::string line; std::getline(lines, line);) {
    symbols.insert(line.substr(0, line.find(' ')));
  }
  // Names that the linker defines for position-independent code.
  symbols.erase("_GLOBAL_OFFSET_TABLE_");
  return symbols;
}

TEST(ChildExecSymbols, AreTheChildsOwnCallsAndTheEnvironment) {
  const auto symbols = undefined_symbols("child_exec.posix.cpp");
  EXPECT_TRUE(symbols.contains("environ"));
  for (const std::string& symbol : symbols) {
    // progeny::platform::child_calls, as the compilers of this platform spell it.
    EXPECT_TRUE(symbol == "environ" || symbol.starts_with("_ZN7progeny8platform11child_calls"))
        << symbol;
  }
}

TEST(ChildExecSymbols, OfItsCallsAreTheRawSystemCallAndErrno) {
  const std::set<std::string> allowed{"syscall", "__errno_location"};
  EXPECT_EQ(undefined_symbols("child_calls.linux.cpp"), allowed);
}

}  // namespace
