#include "support/children/child_args.hpp"
#include "support/system/handle_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-031
TEST(Inherit, LeavesTheStreamsOfThePopenNone) {
  sp::Popen p(child("exit_with", "0"));
  EXPECT_FALSE(p.std_in());
  EXPECT_FALSE(p.std_out());
  EXPECT_FALSE(p.std_err());
  p.wait();
}

// SP-048
TEST(ParentsPipeEnds, AreCloseOnExec) {
  sp::Popen p(child("exit_with", "0"), all_pipes());
  EXPECT_TRUE(is_close_on_exec(p.std_in().fileno()));
  EXPECT_TRUE(is_close_on_exec(p.std_out().fileno()));
  EXPECT_TRUE(is_close_on_exec(p.std_err().fileno()));
  p.wait();
}

}  // namespace
