#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-040
TEST(Devnull, SwallowsTenMegabytesOfBothOutputs) {
  EXPECT_EQ(
      sp::call(child("flood_both", "10485760"), {.std_out = sp::DEVNULL, .std_err = sp::DEVNULL}),
      0);
}

// SP-040
TEST(Devnull, IsAnEmptyStdin) {
  EXPECT_EQ(sp::call(child("expect_stdin", ""), {.std_in = sp::DEVNULL}), 0);
}

// SP-040
TEST(Devnull, LeavesNeitherAStreamNorADescriptor) {
  const std::size_t before = open_descriptors();
  {
    sp::Popen p(child("echo_to_both"),
                {.std_in = sp::DEVNULL, .std_out = sp::DEVNULL, .std_err = sp::DEVNULL});
    EXPECT_FALSE(p.std_in());
    EXPECT_FALSE(p.std_out());
    EXPECT_FALSE(p.std_err());
    EXPECT_EQ(p.wait(), 0);
  }
  EXPECT_LE(open_descriptors(), before);
}

// SP-040
TEST(Devnull, OfOneOutputLeavesTheOtherAlone) {
  const auto done =
      sp::run(child("print", "out", "err"), {.std_out = sp::DEVNULL, .std_err = sp::PIPE});
  EXPECT_EQ(done.std_out, std::nullopt);
  EXPECT_EQ(done.std_err, "err");
}

}  // namespace
