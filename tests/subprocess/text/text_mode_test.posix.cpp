#include "support/children/child_args.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

namespace {

using namespace std::string_literals;
using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-094
TEST(TextMode, CommunicateEncodesTheInput) {
  sp::Popen p(child("hex_stdin"), {.std_in = sp::PIPE, .std_out = sp::PIPE, .encoding = "latin-1"});
  EXPECT_EQ(p.communicate("\u00e9\r\n\n").std_out, "e90d0a0a");
}

}  // namespace
