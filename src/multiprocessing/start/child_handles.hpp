#pragma once

// The handles that a child gets that is not a forked copy, and their order on the way.
//
//     place   handle
//     0       the lifeline of the parent
//     1, 2    both ends of the resource tracker's line
//     3 ...   those of the arguments; the encoded arguments count them from here
//
// A child of `spawn` inherits them: WorkerData lists their numbers in this order. To a child of
// `forkserver` they travel beside the StartRequest.

#include "multiprocessing/resource_tracker/resource_tracker.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>

#include <array>
#include <cstddef>
#include <vector>

namespace progeny::multiprocessing::detail {

/// `Owner` is `native_handle` in the parent, which lends its handles, and `Handle` in the child.
template <class Owner>
struct ChildHandles {
  /// How many handles there are besides the arguments'.
  static constexpr std::size_t fixed = 1 + handles_of_tracker_line;

  Owner lifeline = Owner();
  std::array<Owner, handles_of_tracker_line> tracker_line = {};
  std::vector<Owner> arguments = {};
};

/// Those of a child of this process. Throws OSError.
[[nodiscard]] ChildHandles<native_handle> handles_for_child(std::vector<native_handle> arguments);

/// In the order of the table.
[[nodiscard]] std::vector<native_handle> pack(const ChildHandles<native_handle>& handles);

/// The reverse of `pack`, in the child. Throws ValueError if there are too few handles.
[[nodiscard]] ChildHandles<Handle> unpack(std::vector<Handle> handles);

}  // namespace progeny::multiprocessing::detail
