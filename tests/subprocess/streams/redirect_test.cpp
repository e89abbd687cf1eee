#include "support/children/child_args.hpp"
#include "support/children/trace.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/memory_file.hpp"
#include "support/system/own_pipe.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <optional>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// SP-032
TEST(RedirectToPipe, StdinCarriesWhatIsWrittenAndThenEnds) {
  sp::Popen p(child("expect_stdin", "pear"), {.std_in = sp::PIPE});
  p.std_in().write("pear");
  p.std_in().close();
  EXPECT_EQ(p.wait(), 0);
}

// SP-033
TEST(RedirectToPipe, StdoutCarriesTheChildsBytesAndThenEnds) {
  sp::Popen p(child("print", "out", ""), {.std_out = sp::PIPE});
  EXPECT_EQ(p.std_out().read(), "out");
  EXPECT_FALSE(p.std_err());
  p.wait();
}

// SP-033
TEST(RedirectToPipe, StderrCarriesTheChildsBytesAndThenEnds) {
  sp::Popen p(child("print", "", "err"), {.std_err = sp::PIPE});
  EXPECT_EQ(p.std_err().read(), "err");
  EXPECT_FALSE(p.std_out());
  p.wait();
}

// SP-033
TEST(RedirectToPipe, EndsAsSoonAsTheChildClosesIt) {
  sp::Popen p(child("close_stdout_and_sleep"), {.std_out = sp::PIPE});
  EXPECT_EQ(p.std_out().read(), "");
  EXPECT_EQ(p.poll(), std::nullopt);
  p.kill();
  p.wait();
}

// SP-034
TEST(RedirectToDescriptor, StdinIsReadFromTheCurrentOffset) {
  const MemoryFile file("apple pear");
  file.seek(6);
  EXPECT_EQ(sp::call(child("expect_stdin", "pear"), {.std_in = file.descriptor()}), 0);
  EXPECT_EQ(file.offset(), 10);
}

// SP-034
TEST(RedirectToDescriptor, OutputsLandAtTheCurrentOffsets) {
  const MemoryFile out("12345");
  const MemoryFile err;
  out.seek(2);
  EXPECT_EQ(sp::call(child("print", "out", "err"),
                     {.std_out = out.descriptor(), .std_err = err.descriptor()}),
            0);
  EXPECT_EQ(out.contents(), "12out");
  EXPECT_EQ(err.contents(), "err");
}

// SP-073
TEST(RedirectToDescriptor, LeavesItOpenAndUnchangedInTheParent) {
  const MemoryFile file;
  const int number = file.descriptor();
  sp::call(child("print", "a", "b"), {.std_in = number, .std_out = number, .std_err = number});
  EXPECT_THROW(sp::call({"/no/such/program"}, {.std_out = number}), progeny::OSError);
  EXPECT_TRUE(is_open(file.handle().get()));
  EXPECT_TRUE(is_close_on_exec(file.handle().get()));
}

// SP-041
TEST(RedirectToDescriptor, OneForStdinAndStdoutWorks) {
  const MemoryFile file("pear");
  const int number = file.descriptor();
  EXPECT_EQ(sp::call(child("echo_stdin"), {.std_in = number, .std_out = number}), 0);
  EXPECT_EQ(file.contents(), "pearpear");
}

// SP-041
TEST(RedirectToDescriptor, OneForStdinAndStderrWorks) {
  const MemoryFile file("pear");
  const int number = file.descriptor();
  const auto done =
      sp::run(child("echo_to_both"), {.std_in = number, .std_out = sp::PIPE, .std_err = number});
  EXPECT_EQ(done.std_out, "pear");
  EXPECT_EQ(file.contents(), "pearpear");
}

// SP-041, SP-036
TEST(RedirectToDescriptor, OneForBothOutputsOverwritesNothing) {
  const MemoryFile file;
  const int number = file.descriptor();
  EXPECT_EQ(sp::call(child("print", "apple", "orange"), {.std_out = number, .std_err = number}), 0);
  EXPECT_EQ(file.contents(), "appleorange");
}

// SP-042
TEST(RedirectToDescriptor, ThatIsNotOpenIsEBADFWithoutAFile) {
  const Trace trace;
  const int number = MemoryFile().descriptor();
  const sp::Redirect closed = number;
  const Failure expected{.error = EBADF};
  EXPECT_EQ(failure_of([&] { sp::call(trace.command(), {.std_in = closed}); }), expected);
  EXPECT_EQ(failure_of([&] { sp::call(trace.command(), {.std_out = closed}); }), expected);
  EXPECT_EQ(failure_of([&] { sp::call(trace.command(), {.std_err = closed}); }), expected);
  EXPECT_EQ(failure_of([&] {
              const sp::Popen p(trace.command(),
                                {.std_in = sp::PIPE, .std_out = sp::PIPE, .std_err = closed});
            }),
            expected);
  EXPECT_FALSE(trace.was_left());
}

// SP-042
TEST(RedirectToDescriptor, ThatIsNegativeIsAValueError) {
  const Trace trace;
  EXPECT_THROW(sp::call(trace.command(), {.std_in = -1}), progeny::ValueError);
  EXPECT_THROW(sp::call(trace.command(), {.std_out = -7}), progeny::ValueError);
  EXPECT_THROW(sp::call(trace.command(), {.std_err = -3}), progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

// SP-035
TEST(RedirectToStream, StdinIsReadFromItsDescriptor) {
  const MemoryFile file("pear");
  const File stream = file.stream();
  EXPECT_EQ(sp::call(child("expect_stdin", "pear"), {.std_in = stream.get()}), 0);
}

// SP-035, SP-073
TEST(RedirectToStream, OutputsGoToItsDescriptorAndWhatIsBufferedStays) {
  const MemoryFile file;
  const File stream = file.stream();
  ASSERT_GT(std::fputs("buffered", stream.get()), -1);
  EXPECT_EQ(sp::call(child("print", "a", "b"), {.std_out = stream.get(), .std_err = stream.get()}),
            0);
  EXPECT_EQ(file.contents(), "ab");
  EXPECT_TRUE(is_open(stream.get()));
  EXPECT_EQ(std::fflush(stream.get()), 0);
}

// SP-035, SP-073
TEST(RedirectToHandle, UsesItAndLeavesItOpen) {
  const OwnPipe pipe;
  EXPECT_EQ(sp::call(child("print", "a", ""), {.std_out = pipe.write_end}), 0);
  EXPECT_TRUE(is_open(pipe.write_end.get()));
  EXPECT_EQ(pipe.read(1), "a");
}

// SP-036
TEST(RedirectToStdout, MergesBothOutputsInTheOrderOfWriting) {
  sp::Popen p(child("print", "apple", "orange"), {.std_out = sp::PIPE, .std_err = sp::STDOUT});
  EXPECT_FALSE(p.std_err());
  const sp::Output output = p.communicate();
  EXPECT_EQ(output.std_out, "appleorange");
  EXPECT_EQ(output.std_err, std::nullopt);
}

// SP-038
TEST(RedirectToStdout, FollowsADescriptor) {
  const MemoryFile file;
  sp::call(child("print", "apple", "orange"),
           {.std_out = file.descriptor(), .std_err = sp::STDOUT});
  EXPECT_EQ(file.contents(), "appleorange");
}

// SP-038
TEST(RedirectToStdout, FollowsTheNullDevice) {
  sp::Popen p(child("print_pattern", "200000"), {.std_out = sp::DEVNULL, .std_err = sp::STDOUT});
  EXPECT_FALSE(p.std_out());
  EXPECT_FALSE(p.std_err());
  EXPECT_EQ(p.wait(), 0);
}

// SP-038
TEST(RedirectToStdout, IsRefusedForStdinAndStdout) {
  const Trace trace;
  EXPECT_THROW(sp::call(trace.command(), {.std_in = sp::STDOUT}), progeny::ValueError);
  EXPECT_THROW(sp::call(trace.command(), {.std_out = sp::STDOUT}), progeny::ValueError);
  EXPECT_FALSE(trace.was_left());
}

}  // namespace
