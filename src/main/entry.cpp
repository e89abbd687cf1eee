// Lets children of `multiprocessing` in before the program's own `main`: the linker is told
// (-Wl,--wrap=main) that who calls `main` means `__wrap_main`, and finds the program's under
// `__real_main`. Everything static has been constructed by then, as in `main` itself.

#include <progeny/multiprocessing/spawn.hpp>

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming,cert-dcl37-c,cert-dcl51-cpp):
// the linker's names.
extern "C" int __real_main(int argc, char** argv, char** environment);

extern "C" int __wrap_main(int argc, char** argv, char** environment) {
  progeny::multiprocessing::freeze_support(argc, argv);
  return __real_main(argc, argv, environment);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming,cert-dcl37-c,cert-dcl51-cpp)
