#pragma once

// The handles that a child gets that is not a forked copy, and their order on the way.
//
//     place    what                                     a child started by ... has it
//     0        the lifeline of the parent               `spawn`: by inheritance, under the number
//     1, 2     both ends of the tracker's pipe                   that WorkerData lists
//     3 ...    what the arguments of the target hold    `forkserver`: beside the StartRequest
//
// The encoded arguments refer to their handles by position in the last row.

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
