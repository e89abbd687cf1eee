#include "support/child_args.hpp"

#include <progeny/subprocess/popen.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

sp::Popen with_pipes(bool text = false) {
  sp::Options options = all_pipes();
  options.text = text;
  options.at_scope_exit = sp::AtScopeExit::wait;
  return sp::Popen(child("echo_to_both"), options);
}

TEST(Stream, PrintsAsPythonDoes) {
  sp::Popen p = with_pipes();
  std::ostringstream printed;
  printed << p.std_out() << p.std_in();
  const auto name = [](sp::Stream& stream) { return std::to_string(stream.fileno()); };
  EXPECT_EQ(printed.str(),
            "<_io.BufferedReader name=" + name(p.std_out()) + ">" +
                "<_io.BufferedWriter name=" + name(p.std_in()) + ">");
}

}  // namespace
