#pragma once

// A scope that removes the shared memory that was made in it: Python's
// `multiprocessing.managers.SharedMemoryManager`.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/shared_memory/shareable_list.hpp>
#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace progeny::multiprocessing::managers {

/// Makes blocks and lists whose names it removes at its end.
///
/// - Python: `SharedMemoryManager`. Differs: there is no server process, so only the process that
///   started it can make blocks; all others attach to them by name, or get them as arguments.
/// - Threads: as with a container. In a forked copy of the process it makes and removes nothing.
/// - Example: examples/multiprocessing/shared_memory.cpp
class PROGENY_EXPORT SharedMemoryManager {
 public:
  /// To be started.
  SharedMemoryManager() noexcept;
  /// Takes over what the other has made.
  SharedMemoryManager(SharedMemoryManager&& other) noexcept;
  /// Shuts down, then takes over what the other has made.
  SharedMemoryManager& operator=(SharedMemoryManager&& other) noexcept;
  SharedMemoryManager(const SharedMemoryManager&) = delete;
  SharedMemoryManager& operator=(const SharedMemoryManager&) = delete;
  /// Shuts down.
  ~SharedMemoryManager();

  /// From now on it makes memory. Python: `start`, or entering a `with`.
  /// - Throws: `UsageError` if it was started before. (Python: `ProcessError`.)
  void start();
  /// Removes the names of all that it has made and that still has one; again is fine. Who has the
  /// memory keeps it until closing it.
  void shutdown() noexcept;

  // NOLINTBEGIN(readability-identifier-naming): Python's names.
  /// A new block of `size` bytes.
  /// - Throws: as creating one, and `ValueError` before `start` and after `shutdown`.
  [[nodiscard]] shared_memory::SharedMemory SharedMemory(std::ptrdiff_t size);
  /// A new list.
  /// - Throws: as creating one, and `ValueError` before `start` and after `shutdown`.
  [[nodiscard]] shared_memory::ShareableList ShareableList(
      const std::vector<shared_memory::ShareableValue>& items);
  // NOLINTEND(readability-identifier-naming)

 private:
  struct Made;
  [[nodiscard]] Made& made() const;

  std::unique_ptr<Made> made_;  // While it is started.
  bool was_started_ = false;
};

}  // namespace progeny::multiprocessing::managers
