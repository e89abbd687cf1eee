#pragma once

// What becomes of the handles in messages that nobody will get.

#include <atomic>
#include <cstdint>
#include <memory>

namespace progeny::multiprocessing::detail {

class MessageLog;

/// Of a queue as this process has it: whether another process may have it, too. If none can, and
/// this process gives the queue up, nobody will fetch the handles that it keeps for unread values,
/// and they are dropped. Otherwise they are kept until they are fetched, or until this process
/// ends.
///
/// Whether the last of several processes has given a queue up is not known: a forked child may use
/// it later without a sign until then.
/// - Threads: safe but for `drop`.
class UnreadHandles {
 public:
  /// `is_alone`: whether this process has just made the queue.
  explicit UnreadHandles(bool is_alone) noexcept;
  /// To be called when a value with handles has been put.
  void note_put() noexcept { has_put_.store(true, std::memory_order_relaxed); }
  /// To be called before the queue travels to another process.
  void note_travel() noexcept { is_alone_.store(false, std::memory_order_relaxed); }
  /// For the last user of the queue in this process: drops the handles if nobody else can fetch
  /// them.
  void drop(const std::shared_ptr<MessageLog>& log) const noexcept;

 private:
  // They go with no other data: relaxed. The last user of the queue is ordered behind the others.
  std::atomic<bool> has_put_{false};
  std::atomic<bool> is_alone_;
  std::uint32_t forks_;  // How many there had been before.
};

}  // namespace progeny::multiprocessing::detail
