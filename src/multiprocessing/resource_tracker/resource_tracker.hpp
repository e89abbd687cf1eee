#pragma once

// Names of shared memory that somebody removes even after a `kill -9`: Python's
// `multiprocessing.resource_tracker`.
//
// All processes of a family (who started whom by `Process`, or by fork(2)) hold both ends of one
// pipe, the line, from before its second process exists. Who is the first to need a tracker starts
// it: a process that reads from the line what has got a name. When nobody holds the writing end any
// more, the family is gone; the tracker removes what is left and ends.

#include "platform/ipc/record_pipe.hpp"
#include "platform/memory/anonymous_memory.hpp"

#include <progeny/base/handle.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace progeny::multiprocessing::detail {

/// A name, and the memory that it was given to: it may be another's by now.
struct TrackedName {
  std::string name;
  platform::MemoryIdentity memory;

  auto operator<=>(const TrackedName&) const = default;
};

/// Has the name removed when the family is gone. Starts the tracker, or another one if it has died.
/// - Throws: OSError or RuntimeError if there can be no tracker; then nothing is tracked.
void track(const TrackedName& name);

/// Leaves it to itself again. Nothing if it is not tracked.
void untrack(const TrackedName& name);

/// The two ends of the line, for a child: those that `take_over_tracker_line` takes there. Makes
/// the line if this process has none. Throws OSError.
inline constexpr std::size_t handles_of_tracker_line = 2;
[[nodiscard]] std::array<native_handle, handles_of_tracker_line> own_tracker_line();

/// In a child that is no copy: the line of its parent. Throws OSError.
void take_over_tracker_line(Handle read_end, Handle write_end);

/// What is written to the line.
struct TrackerRecord {
  enum class Operation : std::uint32_t { add = 0x70726f01, remove = 0x70726f02 };

  Operation operation = Operation::add;
  std::uint32_t size = 0;  ///< Of the name.
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::array<char, 256> name{};
};
static_assert(sizeof(TrackerRecord) <= 512, "a record is written whole or not at all");

/// The arguments of a tracker that is to read the line from `read_end`. A program that is started
/// with them becomes one before its own first line runs.
[[nodiscard]] std::vector<std::string> tracker_arguments(native_handle read_end);

/// A place in the code that is loaded wherever a tracker can be.
[[nodiscard]] const void* place_of_tracker() noexcept;

}  // namespace progeny::multiprocessing::detail
