#pragma once

// Telling the processes that wait for a message: on a futex, or by a handle that can be polled.

#include "multiprocessing/memory/sleepers.hpp"
#include "platform/io/event.hpp"

#include <progeny/base/handle.hpp>

#include <atomic>
#include <cstdint>
#include <utility>

namespace progeny::multiprocessing::detail {

/// Whether any process polls; it lies in shared memory. It starts as 0, `PollBell::start_polling`
/// makes it 1, and it stays 1.
using PollFlag = std::atomic<std::uint32_t>;

/// The bell of something that receivers wait for: a queue, or one direction of a shared pipe.
///
/// A receiver sleeps on a futex (`Sleepers`), which costs a producer next to nothing while none
/// does. A receiver that waits for several things at once needs a handle instead: an event that is
/// set while there is something to get. Setting and clearing it are system calls, so both sides
/// leave it alone until the flag says that a process polls.
///
///     producer                                  poller, at its first `fileno`
///     1. store the message                      1. store 1 to the flag
///     2. read-modify-write of the count         2. read-modify-write of the count
///     3. load the flag; set the event if 1      3. load the messages; set the event if any
///
/// The count is that of the sleepers. One of the two changes of it comes first. If it is the
/// producer's, the poller's step 3 sees the message; if it is the poller's, the producer's step 3
/// sees the flag. So the event is set in either case.
///
/// The shared words are borrowed and outlive the bell; the event is owned.
/// - Threads: safe, and from several processes.
class PollBell {
 public:
  PollBell(Sleepers& sleepers, PollFlag& is_polled, platform::Event event) noexcept
      : sleepers_(sleepers), is_polled_(is_polled), event_(std::move(event)) {}

  /// The producer's steps 2 and 3, after it has stored a message: wakes one sleeper, and makes the
  /// handle readable if any process polls.
  void ring() noexcept {
    sleepers_.ring();
    if (is_polled_.load(std::memory_order_seq_cst) != 0) {
      event_.set();
    }
  }

  /// The poller's steps 1 and 2. `set_if` has to follow. Calling it again is fine.
  void start_polling() noexcept {
    is_polled_.store(1, std::memory_order_seq_cst);
    sleepers_.pass_by();
  }

  /// The poller's step 3. To be called each time that the handle is given out: a producer may have
  /// been killed between its steps 1 and 3.
  template <class Condition>
  void set_if(const Condition& has_something) noexcept {
    if (has_something()) {
      event_.set();
    }
  }

  /// Makes the handle unreadable if there is nothing to get. To be called after getting, and after
  /// finding nothing: the receiver of the last message may have been killed before it did so.
  //
  // The flag may be read late (relaxed): then the handle stays readable for nothing until the next
  // call, which a poller has to expect anyway. `clear` may swallow the `set` of a producer that
  // came after the first look. The kernel orders the two, so the second look sees that message.
  template <class Condition>
  void clear_unless(const Condition& has_something) noexcept {
    if (is_polled_.load(std::memory_order_relaxed) != 0 && !has_something()) {
      event_.clear();
      set_if(has_something);
    }
  }

  /// Readable while there is something to get, once a process polls. Borrowed.
  [[nodiscard]] native_handle handle() const noexcept { return event_.handle(); }

 private:
  Sleepers& sleepers_;
  PollFlag& is_polled_;
  platform::Event event_;
};

}  // namespace progeny::multiprocessing::detail
