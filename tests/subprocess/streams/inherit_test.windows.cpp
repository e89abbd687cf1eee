#include "support/children/child_args.hpp"
#include "support/system/memory_file.hpp"

#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cstdio>

#include <io.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Puts a file in the place of this process's stdout.
class OtherStdout {
 public:
  explicit OtherStdout(const MemoryFile& file) : before_(::_dup(1)) {
    std::fflush(stdout);
    ::_dup2(file.descriptor(), 1);
  }
  OtherStdout(const OtherStdout&) = delete;
  OtherStdout& operator=(const OtherStdout&) = delete;
  ~OtherStdout() {
    ::_dup2(before_, 1);
    ::_close(before_);
  }

 private:
  int before_;
};

// SP-039
TEST(WindowsInherit, OfStdoutMayBeSaidByItsNumber) {
  const MemoryFile file;
  {
    const OtherStdout other(file);
    EXPECT_EQ(sp::call(child("print", "out", "err"), {.std_out = 1, .std_err = sp::STDOUT}), 0);
  }
  EXPECT_EQ(file.contents(), "outerr");
}

}  // namespace
