#include <progeny/os/environment.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

namespace {

namespace os = progeny::os;

TEST(OsCpuCount, IsTheNumberOfProcessors) {
  EXPECT_EQ(os::cpu_count(), static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)));
}

}  // namespace
