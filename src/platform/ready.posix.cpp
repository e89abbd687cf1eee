#include "platform/ready.hpp"

#include "platform/poll.posix.hpp"

#include <vector>

namespace progeny::platform {

namespace {

std::vector<pollfd> entries_for(std::span<const native_handle> handles) {
  std::vector<pollfd> entries;
  entries.reserve(handles.size());
  for (const native_handle handle : handles) {
    entries.push_back({.fd = handle, .events = POLLIN, .revents = 0});
  }
  return entries;
}

}  // namespace

std::optional<std::size_t> wait_readable(std::span<const native_handle> handles,
                                         const detail::Deadline& deadline) {
  const auto ready = wait_all_readable(handles, deadline);
  return ready.empty() ? std::nullopt : std::optional(ready.front());
}

std::vector<std::size_t> wait_all_readable(std::span<const native_handle> handles,
                                           const detail::Deadline& deadline) {
  auto entries = entries_for(handles);
  std::vector<std::size_t> ready;
  if (poll_until(entries, deadline)) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].revents != 0) {
        ready.push_back(i);
      }
    }
  }
  return ready;
}

}  // namespace progeny::platform
