#include "support/children/child_args.hpp"
#include "support/children/echoing_child.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

TEST(Stream, PrintsAsPythonDoes) {
  sp::Popen p = echoing_child();
  std::ostringstream printed;
  printed << p.std_out() << p.std_in();
  const auto name = [](sp::Stream& stream) { return std::to_string(stream.fileno()); };
  EXPECT_EQ(printed.str(),
            "<_io.BufferedReader name=" + name(p.std_out()) + ">" +
                "<_io.BufferedWriter name=" + name(p.std_in()) + ">");
}

}  // namespace
