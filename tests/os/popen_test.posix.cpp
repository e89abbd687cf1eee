#include "support/system/file_contents.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/os/popen.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace {

using namespace progeny::testing;
namespace os = progeny::os;

// SP-201
TEST(OsPopen, CloseIsTheWaitStatusOfASignal) {
  EXPECT_EQ(os::popen("kill -9 $$").close(), 9);
}

// SP-201
TEST(OsPopen, CloseWhileTheCommandStillWritesEndsIt) {
  // The shell's `:` loop dies of the broken pipe.
  auto file = os::popen("while echo x; do :; done 2>/dev/null");
  EXPECT_EQ(file.readline(), "x\n");
  EXPECT_NE(file.close(), std::nullopt);
}

// SP-202
TEST(OsPopen, ModeWFeedsStdinAndCloseWaits) {
  const TempDir dir;
  const std::string path = (dir.path() / "out").string();
  auto file = os::popen("cat > '" + path + "'; exit 3", "w");
  EXPECT_EQ(file.write("caf\u00e9"), 4U);
  file.flush();
  EXPECT_EQ(file.close(), 3 << 8);
  EXPECT_EQ(contents(path), "caf\u00e9");
}

}  // namespace
