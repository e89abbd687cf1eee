#include "platform/process/transfer.hpp"

#include "platform/io/overlapped.windows.hpp"
#include "platform/io/wait_for_any.windows.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <string>
#include <vector>

// One thread moves bytes in all directions: each pipe has one overlapped operation under way, and
// the thread waits for the events of all. At the end every read is cancelled. A write is not: it
// may go on after the deadline, as its PendingWrite says.

namespace progeny::platform {

// It owns the memory that it writes from, as the caller's may be gone after the deadline.
class PendingWrite {
 public:
  [[nodiscard]] OverlappedWrite& write() noexcept { return write_; }

  /// Takes the next piece out of `bytes`. True if it is under way.
  bool start(native_handle pipe, std::string_view& bytes) {
    constexpr std::size_t piece = std::size_t{64} * 1024;
    block_ = bytes.substr(0, piece);
    bytes.remove_prefix(block_.size());
    return write_.start(pipe, block_);
  }

 private:
  std::string block_;
  OverlappedWrite write_;  // Behind `block_`, so that it is destroyed, and cancelled, first.
};

namespace {

// When the time is up, what is in the pipes is still read. A child that never stops writing must
// not prolong that, so there are only so many more looks.
constexpr int looks_past_deadline = 64;

bool has_pipe(const Handle* pipe) noexcept {
  return pipe != nullptr && *pipe;
}

// One pipe being read.
class Reading {
 public:
  explicit Reading(Drain& drain) noexcept : drain_(drain) {}

  [[nodiscard]] bool is_open() const noexcept { return has_pipe(drain_.pipe); }
  [[nodiscard]] const OverlappedRead& read() const noexcept { return read_; }

  /// Starts a read, or takes the result of one. False if it can only wait.
  bool advance() {
    if (!is_open()) {
      return false;
    }
    if (!read_.is_under_way() && read_.start(drain_.pipe->get(), drain_.sink->space())) {
      return false;
    }
    if (read_.is_under_way() && !read_.is_done()) {
      return false;
    }
    take(read_.wait());
    return true;
  }

  /// Cancels a read that is under way. Bytes that it has read count.
  void settle() {
    if (read_.is_under_way()) {
      read_.cancel();
      if (read_.result().count != 0) {
        take(read_.result());
      }
    }
  }

 private:
  void take(const IoResult& result) {
    if (result.error) {
      throw OSError(result.error, "read");
    }
    drain_.sink->filled(result.count);
    if (read_.is_at_end()) {
      drain_.pipe->reset();
    }
  }

  Drain& drain_;
  OverlappedRead read_;
};

// Starts a write, or takes the result of one. False if it can only wait.
bool advance(Feed& feed) {
  if (!has_pipe(feed.pipe)) {
    return false;
  }
  if (feed.pending == nullptr) {
    feed.pending = std::make_shared<PendingWrite>();
  }
  OverlappedWrite& write = feed.pending->write();
  if (!write.is_under_way() && !feed.bytes.empty() &&
      feed.pending->start(feed.pipe->get(), feed.bytes)) {
    return false;
  }
  if (write.is_under_way() && !write.is_done()) {
    return false;
  }
  const IoResult result = write.wait();
  if (result.error && result.error != std::errc::broken_pipe) {
    feed.error = result.error;
  }
  if (result.error) {
    feed.pipe->reset();
  } else if (feed.bytes.empty()) {
    end_feed(feed);
  }
  return true;
}

class Transfer {
 public:
  Transfer(Feed& feed,
           std::span<Drain> drains,
           const detail::Deadline& deadline,
           const Event* cancel)
      : feed_(feed), deadline_(deadline), cancel_(cancel) {
    readings_.reserve(drains.size());
    for (Drain& drain : drains) {
      readings_.push_back(std::make_unique<Reading>(drain));
    }
  }

  TransferEnd run() {
    try {
      const TransferEnd end = move();
      settle();
      return end;
    } catch (...) {
      settle_quietly();
      throw;
    }
  }

 private:
  TransferEnd move() {
    for (int late_looks = 0;; late_looks += deadline_.expired() ? 1 : 0) {
      if (late_looks > looks_past_deadline) {
        return TransferEnd::timed_out;
      }
      const bool moved = advance_all();
      if (!anything_open()) {
        return TransferEnd::finished;
      }
      // After a move there may be more to move, so it only looks for a cancellation.
      const TransferEnd end = moved ? look_for_cancel() : wait();
      if (end != TransferEnd::finished) {
        return end;
      }
    }
  }

  bool advance_all() {
    bool moved = advance(feed_);
    for (const auto& reading : readings_) {
      moved = reading->advance() || moved;
    }
    return moved;
  }

  [[nodiscard]] bool anything_open() const noexcept {
    return has_pipe(feed_.pipe) ||
           std::ranges::any_of(readings_, [](const auto& reading) { return reading->is_open(); });
  }

  [[nodiscard]] TransferEnd look_for_cancel() const noexcept {
    const bool cancelled =
        cancel_ != nullptr && ::WaitForSingleObject(cancel_->handle(), 0) == WAIT_OBJECT_0;
    return cancelled ? TransferEnd::cancelled : TransferEnd::finished;
  }

  TransferEnd wait() {
    std::vector<HANDLE> handles;
    if (cancel_ != nullptr) {
      handles.push_back(cancel_->handle());
    }
    if (has_pipe(feed_.pipe)) {
      handles.push_back(feed_.pending->write().event());
    }
    for (const auto& reading : readings_) {
      if (reading->is_open()) {
        handles.push_back(reading->read().event());
      }
    }
    const auto ready = wait_for_any(handles, deadline_);
    if (!ready) {
      return TransferEnd::timed_out;
    }
    return cancel_ != nullptr && *ready == 0 ? TransferEnd::cancelled : TransferEnd::finished;
  }

  void settle() {
    for (const auto& reading : readings_) {
      reading->settle();
    }
  }

  void settle_quietly() noexcept {
    try {
      settle();
      // NOLINTNEXTLINE(bugprone-empty-catch): another exception is on its way already.
    } catch (...) {
    }
  }

  Feed& feed_;
  const detail::Deadline& deadline_;
  const Event* cancel_;
  std::vector<std::unique_ptr<Reading>> readings_;
};

}  // namespace

TransferEnd transfer(Feed& feed,
                     std::span<Drain> drains,
                     const detail::Deadline& deadline,
                     const Event* cancel) {
  return Transfer(feed, drains, deadline, cancel).run();
}

}  // namespace progeny::platform
