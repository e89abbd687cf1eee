#include "multiprocessing/memory/lease.hpp"

#include "base/deadline.hpp"
#include "platform/io/pipe.hpp"
#include "platform/io/readable.hpp"
#include "platform/process/fork.hpp"
#include "platform/process/per_process.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

// The ends for children that are being started. A copy of this process that another thread forks
// meanwhile closes those that are not its own: it would prolong the lease.
struct OpenEnds {
  struct End {
    native_handle handle;
    std::thread::id thread;  // Of the thread that starts the child.
  };
  std::mutex mutex;  ///< Guards what follows.
  std::vector<End> ends;

  void after_fork_in_child() noexcept {
    for (const End& end : ends) {
      if (end.thread != std::this_thread::get_id()) {
        Handle(end.handle).reset();
      }
    }
    ends.clear();
  }
};

OpenEnds& open_ends() {
  return platform::PerProcess<OpenEnds>::get();
}

// What this process has inherited. Copies of it keep it: they use the memory, too.
struct InheritedEnds {
  std::mutex mutex;  ///< Guards what follows.
  std::vector<Handle> ends;
};

InheritedEnds& inherited_ends() {
  return platform::PerProcess<InheritedEnds>::get();
}

// Written in a forked child while it has one thread. The threads that it starts read the new value:
// starting a thread orders what came before.
std::atomic<std::uint32_t> leased{0};

Giving*& giving_of_thread() noexcept {
  thread_local Giving* giving = nullptr;
  return giving;
}

}  // namespace

Lease::Lease() noexcept : generation_(platform::fork_generation()) {}

Lease Lease::open() {
  Lease lease;
  auto pipe = platform::make_pipe(platform::PipeEnd::read);
  lease.own_end_ = std::move(pipe.read_end);
  auto& open = open_ends();
  const std::lock_guard lock(open.mutex);
  open.ends.push_back({.handle = pipe.write_end.get(), .thread = std::this_thread::get_id()});
  lease.child_end_ = std::move(pipe.write_end);
  return lease;
}

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    drop();
    generation_ = other.generation_;
    own_end_ = std::move(other.own_end_);
    child_end_ = std::move(other.child_end_);
    claims_ = std::move(other.claims_);
    blocks_ = std::move(other.blocks_);
  }
  return *this;
}

Lease::~Lease() {
  drop();
}

// In a copy of the process the uses are still those of the original.
void Lease::drop() noexcept {
  if (generation_ != platform::fork_generation()) {
    claims_.mark_sent();
    static_cast<void>(child_end_.release());  // Closed by `OpenEnds`.
  }
  close_child_end();
}

void Lease::close_child_end() noexcept {
  if (child_end_) {
    auto& open = open_ends();
    const std::lock_guard lock(open.mutex);
    std::erase_if(open.ends, [&](const auto& end) { return end.handle == child_end_.get(); });
    child_end_.reset();
  }
}

void Lease::move_in() {
  if (child_end_) {
    leased.store(platform::fork_generation(), std::memory_order_relaxed);
    std::vector<Handle> ends;
    ends.push_back(std::move(child_end_));
    inherit_leases(std::move(ends));
    own_end_.reset();
  }
}

bool Lease::is_over() const noexcept {
  if (!own_end_) {
    return true;
  }
  try {
    return platform::is_readable(own_end_.get(),
                                 progeny::detail::Deadline(std::chrono::seconds(0)));
  } catch (const std::exception&) {
    return true;  // The host has closed the descriptor.
  }
}

void inherit_leases(std::vector<Handle> ends) {
  auto& inherited = inherited_ends();
  const std::lock_guard lock(inherited.mutex);
  std::ranges::move(ends, std::back_inserter(inherited.ends));
}

std::vector<native_handle> inherited_leases() {
  auto& inherited = inherited_ends();
  const std::lock_guard lock(inherited.mutex);
  std::vector<native_handle> handles;
  handles.reserve(inherited.ends.size());
  for (const Handle& end : inherited.ends) {
    handles.push_back(end.get());
  }
  return handles;
}

std::uint32_t leased_generation() noexcept {
  return leased.load(std::memory_order_relaxed);
}

Giving::Giving() noexcept : outer_(std::exchange(giving_of_thread(), this)) {}

Giving::~Giving() {
  giving_of_thread() = outer_;
}

bool Giving::note() noexcept {
  Giving* const giving = giving_of_thread();
  if (giving != nullptr) {
    giving->has_given_ = true;
  }
  return giving != nullptr;
}

}  // namespace progeny::multiprocessing::detail
