#include "platform/io/descriptor.hpp"
#include "platform/io/pipe.hpp"
#include "support/system/handle_facts.hpp"

#include <gtest/gtest.h>

namespace progeny::platform {

namespace {

using testing::is_close_on_exec;

TEST(Pipe, CarriesBytesAndIsCloseOnExec) {
  const Pipe pipe = make_pipe(PipeEnd::read);
  char byte = 0;
  EXPECT_EQ(write_some(pipe.write_end.get(), "x").count, 1U);
  EXPECT_EQ(read_some(pipe.read_end.get(), {&byte, 1}).count, 1U);
  EXPECT_EQ(byte, 'x');
  EXPECT_TRUE(is_close_on_exec(pipe.read_end.get()));
  EXPECT_TRUE(is_close_on_exec(pipe.write_end.get()));
}

}  // namespace

}  // namespace progeny::platform
