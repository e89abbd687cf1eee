#include "support/children/go.hpp"

#include "support/system/utf8.windows.hpp"

#include <gtest/gtest.h>

#include <string>

namespace progeny::testing {

void send_go(subprocess::Popen& child) {
  const std::wstring name = L"progeny-test-go-" + std::to_wstring(child.pid());
  HANDLE event = ::OpenEventW(EVENT_MODIFY_STATE, FALSE, name.c_str());
  ASSERT_NE(event, nullptr) << "the child does not wait for it";
  EXPECT_NE(::SetEvent(event), FALSE);
  ::CloseHandle(event);
}

}  // namespace progeny::testing
