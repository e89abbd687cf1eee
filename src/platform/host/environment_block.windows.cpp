#include "platform/host/environment_block.windows.hpp"

#include "platform/system/win32.windows.hpp"

#include <map>

namespace progeny::platform {

namespace {

// As the system compares names: by their upper case, and without the rules of any language.
struct IgnoringCase {
  bool operator()(const std::wstring& left, const std::wstring& right) const noexcept {
    return ::CompareStringOrdinal(left.data(),
                                  static_cast<int>(left.size()),
                                  right.data(),
                                  static_cast<int>(right.size()),
                                  TRUE) == CSTR_LESS_THAN;
  }
};

}  // namespace

std::wstring environment_block(const Environment& environment) {
  std::map<std::wstring, std::wstring, IgnoringCase> variables;
  for (const auto& [name, value] : environment) {
    const std::wstring wide_name = widen(name);
    variables.erase(wide_name);  // So that the spelling of the last name counts, too.
    variables.emplace(wide_name, widen(value));
  }
  std::wstring block;
  for (const auto& [name, value] : variables) {
    block.append(name).append(L"=").append(value).push_back(L'\0');
  }
  // An empty block is an empty string and the final NUL.
  block.append(variables.empty() ? 2 : 1, L'\0');
  return block;
}

}  // namespace progeny::platform
