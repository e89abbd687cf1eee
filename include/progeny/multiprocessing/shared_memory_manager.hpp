#pragma once

// Removes at the end of a scope the shared memory that was made in it: Python's
// `multiprocessing.managers.SharedMemoryManager`.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/shared_memory/shareable_list.hpp>
#include <progeny/multiprocessing/shared_memory/shareable_value.hpp>
#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace progeny::multiprocessing::managers {

/// Makes blocks and lists of shared memory and removes their names in its destructor.
///
/// - Python: `SharedMemoryManager`. Differs: there is no server process. Only the process that
///   started the manager can make blocks; others attach by name or receive blocks as arguments.
/// - Threads: as with a container. In a forked child the manager makes and removes nothing.
/// - Platforms: Linux.
/// - Example: examples/multiprocessing/shared_memory.cpp
class PROGENY_EXPORT SharedMemoryManager {
 public:
  /// Makes a manager that has not started.
  SharedMemoryManager() noexcept;
  /// Takes over the blocks of `other`.
  SharedMemoryManager(SharedMemoryManager&& other) noexcept;
  /// Shuts down, then takes over the blocks of `other`.
  SharedMemoryManager& operator=(SharedMemoryManager&& other) noexcept;
  SharedMemoryManager(const SharedMemoryManager&) = delete;
  SharedMemoryManager& operator=(const SharedMemoryManager&) = delete;
  /// Shuts down.
  ~SharedMemoryManager();

  /// Starts the manager, which can make blocks from now on.
  /// - Python: `start`, or entering a `with`. Differs: `UsageError` instead of `ProcessError`.
  /// - Throws: `UsageError` if it was started before, even if it was shut down since.
  void start();
  /// Removes the names of its blocks and lists. Processes that have a block open keep it until they
  /// close it. A second call does nothing.
  /// - Python: `shutdown`, or leaving a `with`.
  void shutdown() noexcept;

  // NOLINTBEGIN(readability-identifier-naming): Python's names.
  /// Makes a new block of `size` bytes.
  /// - Python: `SharedMemory(size)`.
  /// - Throws: as the constructor of `SharedMemory`; `ValueError` before `start` and after
  ///   `shutdown`.
  [[nodiscard]] shared_memory::SharedMemory SharedMemory(std::ptrdiff_t size);
  /// Makes a new list of these items.
  /// - Python: `ShareableList(sequence)`.
  /// - Throws: as the constructor of `ShareableList`; `ValueError` before `start` and after
  ///   `shutdown`.
  [[nodiscard]] shared_memory::ShareableList ShareableList(
      const std::vector<shared_memory::ShareableValue>& items);
  // NOLINTEND(readability-identifier-naming)

 private:
  struct Made;
  [[nodiscard]] Made& made() const;

  std::unique_ptr<Made> made_;  // Null before `start` and after `shutdown`.
  bool was_started_ = false;
};

}  // namespace progeny::multiprocessing::managers
