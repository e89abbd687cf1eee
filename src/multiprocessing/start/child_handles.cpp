#include "multiprocessing/start/child_handles.hpp"

#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "platform/process/sentinel.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

ChildHandles<native_handle> handles_for_child(std::vector<native_handle> arguments) {
  return {.lifeline = platform::own_sentinel(),
          .tracker_line = own_tracker_line(),
          .arguments = std::move(arguments)};
}

std::vector<native_handle> pack(const ChildHandles<native_handle>& handles) {
  std::vector<native_handle> packed{handles.lifeline};
  packed.reserve(handles.fixed + handles.arguments.size());
  std::ranges::copy(handles.tracker_line, std::back_inserter(packed));
  std::ranges::copy(handles.arguments, std::back_inserter(packed));
  return packed;
}

ChildHandles<Handle> unpack(std::vector<Handle> handles) {
  ChildHandles<Handle> unpacked;
  if (handles.size() < unpacked.fixed) {
    throw ValueError("a child was given too few handles");
  }
  auto next = std::make_move_iterator(handles.begin());
  unpacked.lifeline = *next++;
  for (Handle& end : unpacked.tracker_line) {
    end = *next++;
  }
  unpacked.arguments.assign(next, std::make_move_iterator(handles.end()));
  return unpacked;
}

}  // namespace progeny::multiprocessing::detail
