#include "platform/io/ready.hpp"

#include "platform/io/poll.posix.hpp"

#include <vector>

namespace progeny::platform {

std::optional<std::size_t> wait_readable(std::span<const native_handle> handles,
                                         const detail::Deadline& deadline) {
  std::vector<pollfd> entries;
  for (const native_handle handle : handles) {
    entries.push_back({.fd = handle, .events = POLLIN, .revents = 0});
  }
  if (!poll_until(entries, deadline)) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].revents != 0) {
      return i;
    }
  }
  return std::nullopt;
}

}  // namespace progeny::platform
