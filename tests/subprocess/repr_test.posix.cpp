#include <progeny/subprocess.hpp>
#include <progeny/subprocess/format.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

namespace sp = progeny::subprocess;

// SP-165
TEST(PopenRepr, ShowsAStringAsAString) {
  sp::Popen p("true");
  p.wait();
  EXPECT_EQ(p.repr(), "<Popen: returncode: 0 args: 'true'>");
}

}  // namespace
