#include "platform/system/library.hpp"

#include <progeny/base/errors.hpp>

#include <cerrno>
#include <mutex>
#include <system_error>

#include <dlfcn.h>
#include <pthread.h>

namespace progeny::platform {

namespace {

std::mutex in_a_library;

// The dynamic linker's own lock is new in a copy of the process (fork in glibc), but its lists are
// as the other threads left them. At load time, so that no fork comes before it.
const int held_across_forks = ::pthread_atfork(
    [] { in_a_library.lock(); }, [] { in_a_library.unlock(); }, [] { in_a_library.unlock(); });

std::error_code error_of(int number) noexcept {
  return {number, std::generic_category()};
}

}  // namespace

LibraryLock::LibraryLock() {
  static_cast<void>(held_across_forks);
  in_a_library.lock();
}

LibraryLock::~LibraryLock() {
  in_a_library.unlock();
}

Library::Library(const char* name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) {
    throw OSError(error_of(ELIBACC), "dlopen", name);
  }
}

LibrarySymbol Library::operator[](const char* function) const {
  void* const address = ::dlsym(handle_, function);
  if (address == nullptr) {
    throw OSError(error_of(ELIBBAD), "dlsym", function);
  }
  return LibrarySymbol(address);
}

}  // namespace progeny::platform
