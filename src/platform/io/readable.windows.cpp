#include "platform/io/readable.hpp"

#include "platform/io/wait_for_any.windows.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

namespace progeny::platform {

namespace {

// How long to wait for one part of the handles if there are more than a single wait takes (64).
constexpr auto part_time = std::chrono::milliseconds(50);

// The handles to wait for, and where each was in the caller's list.
struct Waited {
  std::vector<HANDLE> handles;
  std::vector<std::size_t> places;
};

Waited without_gaps(std::span<const native_handle> handles) {
  Waited waited;
  for (std::size_t i = 0; i < handles.size(); ++i) {
    if (handles[i] != nullptr) {
      waited.handles.push_back(handles[i]);
      waited.places.push_back(i);
    }
  }
  return waited;
}

}  // namespace

std::optional<std::size_t> wait_readable(std::span<const native_handle> handles,
                                         const detail::Deadline& deadline) {
  const Waited waited = without_gaps(handles);
  const bool in_parts = waited.handles.size() > MAXIMUM_WAIT_OBJECTS;
  do {
    for (std::size_t first = 0; first < std::max<std::size_t>(waited.handles.size(), 1);
         first += MAXIMUM_WAIT_OBJECTS) {
      const std::span<const HANDLE> part =
          std::span(waited.handles)
              .subspan(first)
              .first(std::min<std::size_t>(waited.handles.size() - first, MAXIMUM_WAIT_OBJECTS));
      const auto ready = wait_for_any(part, in_parts ? deadline.capped(part_time) : deadline);
      if (ready) {
        return waited.places[first + *ready];
      }
    }
  } while (!deadline.expired());
  return std::nullopt;
}

}  // namespace progeny::platform
