#include "platform/program/program.hpp"

#include "base/made_early.hpp"
#include "platform/host/environment.hpp"
#include "platform/program/modules.hpp"

#include <sys/auxv.h>

// Defined where the address sanitizer is.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): its name.
extern "C" __attribute__((weak)) void __asan_init();

namespace progeny::platform {

namespace {

int argument_count = 0;
char** argument_values = nullptr;

// glibc passes the arguments of main to every constructor. Priority 101 is the first that programs
// may use.
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

namespace {

const progeny::detail::MadeEarly early([] { return &program_arguments(); });

}  // namespace

// The link leads to the file itself, whatever its name is by now (proc(5)).
std::string restart_path() {
  return "/proc/self/exe";
}

// LD_PRELOAD (ld.so(8)) separates by colons and blanks, so a path with one cannot be in it. The
// address sanitizer ends a program if another library is loaded before its own.
Environment environment_with(const void* place) {
  constexpr const char* variable = "LD_PRELOAD";
  Environment environment = current_environment();
  const auto found = place_of(place);
  if (!found || found->module.is_program || &__asan_init != nullptr ||
      found->module.path.find_first_of(": ") != std::string::npos) {
    return environment;
  }
  const auto before = environment.get(variable);
  environment.set(variable, before ? found->module.path + ":" + *before : found->module.path);
  return environment;
}

// AT_SECURE is what the loader itself asks before it trusts LD_PRELOAD (getauxval(3)).
bool program_is_privileged() noexcept {
  return ::getauxval(AT_SECURE) != 0;
}

}  // namespace progeny::platform
