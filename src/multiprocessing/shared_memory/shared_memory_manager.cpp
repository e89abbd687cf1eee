#include <progeny/multiprocessing/shared_memory_manager.hpp>

#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "multiprocessing/shared_memory/shared_memory.hpp"
#include "platform/memory/named_memory.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/shared_memory/shareable_list.hpp>
#include <progeny/multiprocessing/shared_memory/shareable_value.hpp>
#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::managers {

// Everything that the manager made, and the process that made it. A forked child copies this but
// owns none of it.
struct SharedMemoryManager::Made {
  int process = platform::current_pid();
  std::vector<detail::TrackedName> names;
};

namespace {

// Shutdown must go on, so both results are ignored: a name that another process has removed is
// gone, and a tracker that could not be told finds the name gone at its end.
void remove(const detail::TrackedName& name) noexcept {
  try {
    static_cast<void>(platform::remove_name_of(name.name, name.memory));
    detail::untrack(name);
  } catch (const OSError&) {  // NOLINT(bugprone-empty-catch): see above.
  }
}

}  // namespace

SharedMemoryManager::SharedMemoryManager() noexcept = default;
SharedMemoryManager::SharedMemoryManager(SharedMemoryManager&& other) noexcept = default;

SharedMemoryManager& SharedMemoryManager::operator=(SharedMemoryManager&& other) noexcept {
  if (this != &other) {
    shutdown();
    made_ = std::move(other.made_);
    was_started_ = other.was_started_;
  }
  return *this;
}

SharedMemoryManager::~SharedMemoryManager() {
  shutdown();
}

void SharedMemoryManager::start() {
  if (was_started_) {
    throw UsageError("this SharedMemoryManager was started before");
  }
  made_ = std::make_unique<Made>();
  was_started_ = true;
}

void SharedMemoryManager::shutdown() noexcept {
  const auto made = std::move(made_);
  if (!made || made->process != platform::current_pid()) {
    return;
  }
  for (const auto& name : made->names) {
    remove(name);
  }
}

SharedMemoryManager::Made& SharedMemoryManager::made() const {
  if (!made_ || made_->process != platform::current_pid()) {
    throw ValueError("this SharedMemoryManager was not started in this process, or was shut down");
  }
  return *made_;
}

shared_memory::SharedMemory SharedMemoryManager::SharedMemory(std::ptrdiff_t size) {
  auto& names = made().names;
  shared_memory::SharedMemory memory({.create = true, .size = size});
  names.push_back(detail::SharedMemoryAccess::tracked_name(memory));
  return memory;
}

shared_memory::ShareableList SharedMemoryManager::ShareableList(
    const std::vector<shared_memory::ShareableValue>& items) {
  auto& names = made().names;
  shared_memory::ShareableList list(items);
  names.push_back(detail::SharedMemoryAccess::tracked_name(list.shm()));
  return list;
}

}  // namespace progeny::multiprocessing::managers
