#pragma once

// Removes the names of shared memory, even after a `kill -9`: Python's
// `multiprocessing.resource_tracker`.
//
//     process A --add "x"----------.
//     process B --add "y"-----------+--> the line, a pipe --> tracker: { x, y }
//     process A --remove "x"-------'                           end of file: removes { y }, ends
//
// A family is a process and all its descendants by `Process` or fork(2). All of them hold both ends
// of the line. It is made before the second process of the family exists, so that there is one.
//
// The first process that needs a tracker starts it. A record that is written while there is no
// tracker waits in the pipe. If the tracker dies, the next call starts another one and tells it the
// names of its own process again; those of others are lost.
//
// When the last process of the family ends, the kernel closes the last writing end, and the tracker
// reads end of file. No process has to live for that, or to end in good order.

#include "platform/ipc/record_pipe.hpp"
#include "platform/memory/anonymous_memory.hpp"

#include <progeny/base/handle.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace progeny::multiprocessing::detail {

/// A name and the memory that has it. The memory tells apart a later block of the same name.
struct TrackedName {
  std::string name;
  platform::MemoryIdentity memory;

  auto operator<=>(const TrackedName&) const = default;
};

/// Has the name removed when the family has ended. Starts a tracker if there is none.
/// - Throws: OSError or RuntimeError if no tracker can be started; ValueError if the name is too
///   long. Then nothing is tracked.
void track(const TrackedName& name);

/// Takes that back. Does nothing if the name is not tracked.
void untrack(const TrackedName& name);

/// How many handles the line is in a process.
inline constexpr std::size_t handles_of_tracker_line = 2;

/// The reading and the writing end of the line, for a child that is not a forked copy. Makes the
/// line if this process has none. Throws OSError.
[[nodiscard]] std::array<native_handle, handles_of_tracker_line> own_tracker_line();

/// In such a child: makes the line of its parent its own. Throws OSError.
void take_over_tracker_line(Handle read_end, Handle write_end);

/// What is written to the line. All records have one size, which POSIX writes in one piece.
struct TrackerRecord {
  enum class Operation : std::uint32_t { add = 0x70726f01, remove = 0x70726f02 };

  Operation operation = Operation::add;
  std::uint32_t size = 0;  ///< Of the name.
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::array<char, 256> name{};
};
static_assert(sizeof(TrackerRecord) <= 512, "a record is written whole or not at all");

/// The arguments of a tracker that inherits `read_end`. This program, started with them, becomes a
/// tracker before its `main` runs.
[[nodiscard]] std::vector<std::string> tracker_arguments(native_handle read_end);

/// An address in the code of the tracker. The module that has it must be loaded in the tracker.
[[nodiscard]] const void* place_of_tracker() noexcept;

}  // namespace progeny::multiprocessing::detail
