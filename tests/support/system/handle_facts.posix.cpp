#include "support/system/handle_facts.hpp"

#include <fcntl.h>

namespace progeny::testing {

bool is_open(native_handle handle) {
  return ::fcntl(handle, F_GETFD) != -1;
}

bool is_open(std::FILE* file) {
  return is_open(::fileno(file));
}

bool is_close_on_exec(native_handle handle) {
  return (::fcntl(handle, F_GETFD) & FD_CLOEXEC) != 0;
}

}  // namespace progeny::testing
