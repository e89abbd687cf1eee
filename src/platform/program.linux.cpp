#include "platform/program.hpp"

#include <sys/auxv.h>

namespace progeny::platform {

namespace {

int argument_count = 0;
char** argument_values = nullptr;

// glibc hands the arguments of main to every constructor of the program and its libraries.
__attribute__((constructor(101))) void remember_arguments(int count,
                                                          char** values,
                                                          char** /*env*/) {
  argument_count = count;
  argument_values = values;
}

}  // namespace

const std::vector<std::string>& program_arguments() {
  static const auto* const arguments =
      new std::vector<std::string>(argument_values, argument_values + argument_count);
  return *arguments;
}

// The link leads to the file itself, whatever its name has become (proc(5)).
std::string restart_path() {
  return "/proc/self/exe";
}

bool program_is_privileged() noexcept {
  return ::getauxval(AT_SECURE) != 0;
}

}  // namespace progeny::platform
