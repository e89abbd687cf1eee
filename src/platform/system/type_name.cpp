// Portable among our compilers: GCC and clang follow the Itanium C++ ABI, for Windows too.

#include "platform/system/type_name.hpp"

#include <cstdlib>
#include <memory>
#include <string_view>

#include <cxxabi.h>

namespace progeny::platform {

namespace {

void erase_all(std::string& text, std::string_view part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.erase(at, part.size());
  }
}

}  // namespace

std::string demangled(const char* name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> plain(
      abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free);
  return plain ? plain.get() : name;
}

std::string type_name(const std::type_info& type) {
  std::string name = demangled(type.name());
  erase_all(name, "[abi:cxx11]");
  for (const std::string_view wrapper :
       {"std::_Nested_exception<", "progeny::serial::detail::Reworded<"}) {
    if (name.starts_with(wrapper) && name.ends_with('>')) {
      name = name.substr(wrapper.size(), name.size() - wrapper.size() - 1);
      while (name.ends_with(' ')) {
        name.pop_back();
      }
    }
  }
  // libstdc++'s streams throw a class of this name, which code of both its ABIs can catch.
  return name == "std::__ios_failure" ? "std::ios_base::failure" : name;
}

const std::type_info* current_exception_type() noexcept {
  return abi::__cxa_current_exception_type();
}

}  // namespace progeny::platform
