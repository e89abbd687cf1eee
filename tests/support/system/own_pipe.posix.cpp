#include "support/system/own_pipe.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace progeny::testing {

OwnPipe::OwnPipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  read_end = Handle(ends[0]);
  write_end = Handle(ends[1]);
}

std::string OwnPipe::read(std::size_t limit) const {
  std::string text(limit, '\0');
  const ssize_t count = ::read(read_end.get(), text.data(), text.size());
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

}  // namespace progeny::testing
