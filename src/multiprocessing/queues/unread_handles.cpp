#include "multiprocessing/queues/unread_handles.hpp"

#include "base/made_early.hpp"
#include "multiprocessing/connection/tickets.hpp"
#include "multiprocessing/queues/call_limit.hpp"
#include "multiprocessing/queues/message_log.hpp"
#include "platform/process/fork.hpp"

#include <progeny/multiprocessing/detail/queue_message.hpp>

#include <chrono>

namespace progeny::multiprocessing::detail {

namespace {

// How often this process and its ancestors have been copied. Counted before the copy is made, so
// the child's number is another than that of a queue which its parent has made.
std::atomic<std::uint32_t> forks{0};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

const progeny::detail::MadeEarly counting([] {
  platform::on_fork({.before = []() noexcept { forks.fetch_add(1, std::memory_order_relaxed); },
                     .after_in_parent = []() noexcept {},
                     .after_in_child = []() noexcept {}});
});

}  // namespace

UnreadHandles::UnreadHandles(bool is_alone) noexcept
    : is_alone_(is_alone), forks_(forks.load(std::memory_order_relaxed)) {
  static_cast<void>(counting);
}

void UnreadHandles::drop(const std::shared_ptr<MessageLog>& log) const noexcept {
  if (!has_put_.load(std::memory_order_relaxed) || !is_alone_.load(std::memory_order_relaxed) ||
      forks_ != forks.load(std::memory_order_relaxed)) {
    return;
  }
  try {
    CallLimit wait(std::chrono::nanoseconds::zero());
    QueueMessage message;
    message.leave_handles();
    while (log->get(message, wait) != 0) {
      if (message.has_tickets()) {
        drop_tickets(message.bytes());
      }
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): the rest is kept, as for other processes.
  }
}

}  // namespace progeny::multiprocessing::detail
