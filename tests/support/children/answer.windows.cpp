#include "support/children/answer.hpp"

#include "support/system/utf8.windows.hpp"

namespace progeny::testing {

// A pipe cannot be waited for without reading it.
bool has_answered(subprocess::Popen& child) {
  DWORD available = 0;
  for (int i = 0; i < 10 && available == 0; ++i) {
    ::Sleep(10);
    ::PeekNamedPipe(child.std_out().fileno(), nullptr, 0, nullptr, &available, nullptr);
  }
  return available > 0;
}

}  // namespace progeny::testing
