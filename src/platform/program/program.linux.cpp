#include "platform/program/program.hpp"

#include "base/made_early.hpp"
#include "platform/host/environment.hpp"
#include "platform/program/modules.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <system_error>
#include <utility>

#include <link.h>
#include <sys/auxv.h>
#include <unistd.h>

// Defined where the address sanitizer is.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): its name.
extern "C" __attribute__((weak)) void __asan_init();

namespace progeny::platform {

namespace {

int argument_count = 0;
char** argument_values = nullptr;

bool is_run_by_loader() noexcept;
void remember_loader();

// glibc passes the arguments of main to every constructor. Priority 101 is the first that programs
// may use.
__attribute__((constructor(101))) void remember_arguments(int count,
                                                          char** values,
                                                          char** /*env*/) {
  argument_count = count;
  argument_values = values;
  if (is_run_by_loader()) {
    remember_loader();
  }
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

namespace {

// The link leads to the file itself, whatever its name is by now (proc(5)).
constexpr const char* own_file = "/proc/self/exe";

// The loader and its options, if it was started instead of the program. Written before `main`.
std::vector<std::string>* loader_command = nullptr;

// The kernel has loaded no interpreter for the program (AT_BASE, getauxval(3)), though it names
// one: the loader was the program for the kernel, and `own_file` is the loader's.
bool is_run_by_loader() noexcept {
  if (::getauxval(AT_BASE) != 0) {
    return false;
  }
  bool names_loader = false;
  const auto look_at_first = [](dl_phdr_info* info, std::size_t /*size*/, void* found) noexcept {
    for (std::size_t i = 0; i < info->dlpi_phnum; ++i) {
      *static_cast<bool*>(found) |= info->dlpi_phdr[i].p_type == PT_INTERP;
    }
    return 1;
  };
  ::dl_iterate_phdr(look_at_first, &names_loader);
  return names_loader;
}

// A list as the loader takes it, with the entries that depend on the folder made absolute.
std::string absolute_list(const std::string& list) {
  std::string absolute;
  std::istringstream entries(list);
  for (std::string entry; std::getline(entries, entry, ':');) {
    std::error_code ignored;  // The folder is gone, and so is what the entry means.
    const auto path = std::filesystem::absolute(entry.empty() ? "." : entry, ignored);
    absolute += (absolute.empty() ? "" : ":") + (ignored ? entry : path.string());
  }
  return absolute;
}

// What stands before the program's arguments on the command line of the process. Read at once: a
// program may overwrite it.
void remember_loader() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  auto words = std::make_unique<std::vector<std::string>>();
  for (std::string word; std::getline(file, word, '\0');) {
    words->push_back(word);
  }
  const auto own = static_cast<std::size_t>(argument_count);
  if (words->size() > own) {
    words->resize(words->size() - own);
    const auto option = std::ranges::find(*words, "--library-path");
    if (words->end() - option > 1) {
      *std::next(option) = absolute_list(*std::next(option));
    }
    loader_command = words.release();  // Never destroyed.
  }
}

}  // namespace

namespace {

// Without /proc, such as after chroot(2), the path is left by which the program was executed. A
// relative one would depend on the folder, and could be another file by now.
std::string restart_path() {
  if (::access(own_file, X_OK) == 0) {
    return own_file;
  }
  // The kernel gives the address of the text as a number.
  // NOLINTNEXTLINE(performance-no-int-to-ptr): see above.
  const auto* const executed = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  return executed != nullptr && *executed == '/' ? executed : own_file;
}

}  // namespace

Command restart_command(std::vector<std::string> arguments) {
  if (loader_command == nullptr) {
    return {.program = restart_path(), .arguments = std::move(arguments)};
  }
  Command command{.program = own_file, .arguments = *loader_command};
  const std::string path = program_path();
  if (::access(path.c_str(), F_OK) == -1) {
    throw OSError(last_error(), "exec", path);
  }
  command.arguments.push_back(path);
  command.arguments.insert(command.arguments.end(),
                           std::make_move_iterator(arguments.begin() + (arguments.empty() ? 0 : 1)),
                           std::make_move_iterator(arguments.end()));
  return command;
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
