#include "platform/io/readable.hpp"

#include "platform/io/poll.posix.hpp"

#include <progeny/base/errors.hpp>

#include <array>
#include <system_error>

#include <poll.h>

namespace progeny::platform {

namespace {

bool reports(const pollfd& entry) {
  if ((entry.revents & POLLNVAL) != 0) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "poll");
  }
  return entry.revents != 0;
}

pollfd entry_of(native_handle handle) {
  // poll(2) skips negative numbers without a word, and would then wait for ever.
  if (handle < 0) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "poll");
  }
  return {.fd = handle, .events = POLLIN, .revents = 0};
}

}  // namespace

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

std::vector<std::size_t> all_readable(std::span<const native_handle> handles,
                                      const detail::Deadline& deadline) {
  std::vector<pollfd> entries;
  entries.reserve(handles.size());
  for (const native_handle handle : handles) {
    entries.push_back(entry_of(handle));
  }
  std::vector<std::size_t> ready;
  if (poll_until(entries, deadline)) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (reports(entries[i])) {
        ready.push_back(i);
      }
    }
  }
  return ready;
}

bool is_readable(native_handle handle, const detail::Deadline& deadline) {
  std::array entries{entry_of(handle)};
  return poll_until(entries, deadline) && reports(entries.front());
}

}  // namespace progeny::platform
