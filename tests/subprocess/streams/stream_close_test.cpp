#include "support/children/child_args.hpp"
#include "support/children/echoing_child.hpp"
#include "support/system/handle_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

TEST(StreamClose, OfStdinIsTheChildsEndOfFile) {
  sp::Popen p = echoing_child();
  p.std_in().write("last words");
  p.std_in().close();
  EXPECT_EQ(p.std_out().read(), "last words");
}

TEST(StreamClose, TwiceIsHarmless) {
  sp::Popen p = echoing_child();
  p.std_in().close();
  p.std_out().close();
  EXPECT_NO_THROW(p.std_in().close());
  EXPECT_NO_THROW(p.std_out().close());
}

TEST(StreamClose, ClosesTheDescriptor) {
  sp::Popen p = echoing_child();
  const auto handle = p.std_out().fileno();
  EXPECT_TRUE(is_open(handle));
  p.std_out().close();
  EXPECT_FALSE(is_open(handle));
}

TEST(StreamClosed, TellsWhetherItWasClosed) {
  sp::Popen p = echoing_child();
  EXPECT_FALSE(p.std_in().closed());
  p.std_in().close();
  EXPECT_TRUE(p.std_in().closed());
  EXPECT_TRUE(p.std_in()) << "a closed stream is still a stream";
}

TEST(StreamClose, ClosesEvenIfTheFlushFails) {
  sp::Popen p(child("exit_with", "0"), {.std_in = sp::PIPE});
  p.wait();
  p.std_in().write("nobody reads this");
  try {
    p.std_in().close();
    ADD_FAILURE() << "the flush succeeded";
  } catch (const progeny::OSError& error) {
    EXPECT_EQ(error.code(), std::errc::broken_pipe);
  }
  EXPECT_TRUE(p.std_in().closed());
  EXPECT_NO_THROW(p.std_in().close());
}

TEST(ClosedStream, RefusesEveryWayOfReading) {
  for (const bool text : {false, true}) {
    sp::Popen p = echoing_child(text);
    sp::Stream& stream = p.std_out();
    stream.close();
    EXPECT_THROW((void)stream.read(), progeny::ValueError);
    EXPECT_THROW((void)stream.read(1), progeny::ValueError);
    EXPECT_THROW((void)stream.readline(), progeny::ValueError);
    EXPECT_THROW((void)stream.readlines(), progeny::ValueError);
    EXPECT_THROW((void)stream.begin(), progeny::ValueError);
    EXPECT_THROW((void)stream.fileno(), progeny::ValueError);
  }
}

TEST(ClosedStream, RefusesRead1) {
  sp::Popen p = echoing_child();
  p.std_out().close();
  EXPECT_THROW((void)p.std_out().read1(), progeny::ValueError);
}

TEST(ClosedStream, RefusesEveryWayOfWriting) {
  for (const bool text : {false, true}) {
    sp::Popen p = echoing_child(text);
    sp::Stream& stream = p.std_in();
    stream.close();
    EXPECT_THROW(stream.write("x"), progeny::ValueError);
    EXPECT_THROW(stream.writelines(std::vector<std::string>{"x"}), progeny::ValueError);
    EXPECT_THROW(stream.flush(), progeny::ValueError);
    EXPECT_THROW((void)stream.fileno(), progeny::ValueError);
  }
}

TEST(NoStream, IsFalse) {
  sp::Popen p(child("exit_with", "0"));
  EXPECT_FALSE(p.std_in());
  EXPECT_FALSE(p.std_out());
  EXPECT_FALSE(p.std_err());
  p.wait();
  EXPECT_FALSE(sp::Stream());
}

TEST(NoStream, RefusesEveryOtherCall) {
  sp::Stream none;
  EXPECT_THROW((void)none.read(), progeny::UsageError);
  EXPECT_THROW((void)none.read(1), progeny::UsageError);
  EXPECT_THROW((void)none.read1(), progeny::UsageError);
  EXPECT_THROW((void)none.readline(), progeny::UsageError);
  EXPECT_THROW((void)none.readlines(), progeny::UsageError);
  EXPECT_THROW((void)none.begin(), progeny::UsageError);
  EXPECT_THROW(none.write("x"), progeny::UsageError);
  EXPECT_THROW(none.flush(), progeny::UsageError);
  EXPECT_THROW(none.close(), progeny::UsageError);
  EXPECT_THROW((void)none.closed(), progeny::UsageError);
  EXPECT_THROW((void)none.fileno(), progeny::UsageError);
  EXPECT_THROW((void)none.is_text(), progeny::UsageError);
}

TEST(Stream, RefusesTheWrongDirection) {
  sp::Popen p = echoing_child();
  EXPECT_THROW((void)p.std_in().read(), progeny::UsageError);
  EXPECT_THROW(p.std_out().write("x"), progeny::UsageError);
}

TEST(Stream, RefusesRead1InTextMode) {
  sp::Popen p = echoing_child(true);
  EXPECT_THROW((void)p.std_out().read1(), progeny::UsageError);
}

TEST(Stream, KnowsWhetherItIsText) {
  sp::Popen binary = echoing_child(false);
  sp::Popen text = echoing_child(true);
  EXPECT_FALSE(binary.std_in().is_text());
  EXPECT_FALSE(binary.std_out().is_text());
  EXPECT_TRUE(text.std_in().is_text());
  EXPECT_TRUE(text.std_err().is_text());
}

TEST(Stream, CanBeMovedOutOfItsPopen) {
  sp::Popen p = echoing_child();
  sp::Stream output = std::move(p.std_out());
  EXPECT_FALSE(p.std_out());
  p.std_in().write("moved");
  p.std_in().close();
  EXPECT_EQ(output.read(), "moved");
  EXPECT_EQ(p.wait(), 0);
}

}  // namespace
