#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-066
TEST(PipeEnds, OfOneChildAreNotHeldOpenByAnother) {
  sp::Popen first(child("exit_on_eof", "3"), {.std_in = sp::PIPE, .close_fds = false});
  sp::Popen second(child("pause_until_killed"), {.std_in = sp::PIPE, .close_fds = false});
  first.std_in().close();
  EXPECT_EQ(first.wait(very_long), 3);
  EXPECT_EQ(second.poll(), std::nullopt);
  second.kill();
  second.wait();
}

// SP-067
TEST(PipeEnds, AreAllClosedAfterCommunicate) {
  const std::size_t before = open_descriptors();
  for (unsigned pipes = 1; pipes < 8; ++pipes) {
    sp::Options options;
    options.std_in = (pipes & 1U) != 0 ? sp::PIPE : sp::DEVNULL;
    options.std_out = (pipes & 2U) != 0 ? sp::PIPE : sp::DEVNULL;
    options.std_err = (pipes & 4U) != 0 ? sp::PIPE : sp::DEVNULL;
    {
      sp::Popen p(child("echo_to_both"), options);
      p.communicate();
      EXPECT_TRUE(!p.std_in() || p.std_in().closed());
      EXPECT_TRUE(!p.std_out() || p.std_out().closed());
      EXPECT_TRUE(!p.std_err() || p.std_err().closed());
    }
    EXPECT_LE(open_descriptors(), before) << pipes;
  }
}

}  // namespace
