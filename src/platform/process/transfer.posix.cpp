#include "platform/process/transfer.hpp"

#include "platform/io/descriptor.hpp"
#include "platform/io/pipe.hpp"
#include "platform/io/poll.posix.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <array>

// One thread moves bytes in all directions: poll(2) over the feed, the drains and the event, then
// one read or write for each that is ready. So no pipe can fill up while another is waited for.

namespace progeny::platform {

namespace {

// A pipe of Linux has room for 64 KiB (pipe(7)). More traffic than that is bulk. It flows twice as
// fast through the largest pipe that an unprivileged process may ask for.
constexpr std::size_t usual_capacity = 64UL * 1024;
constexpr std::size_t bulk_capacity = 1024UL * 1024;

// When the time is up, what is in the pipes is still read. A child that never stops writing must
// not prolong that, so there are only so many more looks: enough to empty two large pipes.
constexpr int looks_past_deadline = 64;

bool is_open(const Handle* pipe) noexcept {
  return pipe != nullptr && *pipe;
}

// Never waits: after poll(2), a write of more bytes than there is room for would still block. The
// feed stays a blocking file, as another child may have it as its stdout.
void feed_once(Feed& feed) noexcept {
  const IoResult result = try_write(feed.pipe->get(), feed.bytes);
  feed.bytes.remove_prefix(result.count);
  if (result.error == std::errc::operation_would_block) {
    return;
  }
  if (result.error && result.error != std::errc::broken_pipe) {
    feed.error = result.error;
  }
  if (result.error) {
    feed.pipe->reset();
  } else if (feed.bytes.empty()) {
    end_feed(feed);
  }
}

void drain_once(Drain& drain) {
  const std::span<char> space = drain.sink->space();
  const IoResult result = read_some(drain.pipe->get(), space);
  if (result.error) {
    throw OSError(result.error, "read");
  }
  drain.sink->filled(result.count);
  if (result.count == 0) {
    drain.pipe->reset();
  } else if (drain.may_grow && result.count >= usual_capacity) {
    drain.may_grow = false;
    static_cast<void>(resize_pipe(drain.pipe->get(), bulk_capacity));
  }
}

// One stream that may block as long as it likes needs no poll(2) between its reads.
bool is_lone_read(const Feed& feed,
                  std::span<const Drain> drains,
                  const detail::Deadline& deadline,
                  const Event* cancel) noexcept {
  const auto open =
      std::ranges::count_if(drains, [](const Drain& drain) { return is_open(drain.pipe); });
  return open == 1 && !is_open(feed.pipe) && deadline.is_never() && cancel == nullptr;
}

class Transfer {
 public:
  Transfer(Feed& feed,
           std::span<Drain> drains,
           const detail::Deadline& deadline,
           const Event* cancel)
      : feed_(feed), drains_(drains), deadline_(deadline), cancel_(cancel) {}

  TransferEnd run() {
    for (int late_looks = 0; anything_open(); late_looks += deadline_.expired() ? 1 : 0) {
      if (late_looks > looks_past_deadline) {
        return TransferEnd::timed_out;
      }
      if (is_lone_read(feed_, drains_, deadline_, cancel_)) {
        drain_lone();
      } else if (const TransferEnd end = step(); end != TransferEnd::finished) {
        return end;
      }
    }
    return TransferEnd::finished;
  }

 private:
  [[nodiscard]] bool anything_open() const noexcept {
    return is_open(feed_.pipe) ||
           std::ranges::any_of(drains_, [](const Drain& drain) { return is_open(drain.pipe); });
  }

  void drain_lone() {
    for (Drain& drain : drains_) {
      while (is_open(drain.pipe)) {
        drain_once(drain);
      }
    }
  }

  // Waits for something, and moves whatever is ready.
  TransferEnd step() {
    std::array<pollfd, 4> entries{};
    entries[0] = entry(feed_.pipe, POLLOUT);
    entries[1] = {
        .fd = cancel_ != nullptr ? cancel_->handle() : -1, .events = POLLIN, .revents = 0};
    std::size_t used = 2;
    for (const Drain& drain : drains_) {
      entries[used++] = entry(drain.pipe, POLLIN);
    }
    if (!poll_until(std::span(entries).first(used), deadline_)) {
      return TransferEnd::timed_out;
    }
    if (entries[1].revents != 0) {
      return TransferEnd::cancelled;
    }
    for (std::size_t i = 0; i < drains_.size(); ++i) {
      if (entries[2 + i].revents != 0) {
        drain_once(drains_[i]);
      }
    }
    feed_if_ready(entries[0].revents);
    return TransferEnd::finished;
  }

  // Only a terminal hangs up (poll(2) reports POLLERR for a pipe). It still takes bytes until it is
  // full, and then never again.
  void feed_if_ready(short events) noexcept {
    if ((events & POLLHUP) != 0) {
      feed_.pipe->reset();
    } else if (events != 0) {
      feed_once(feed_);
    }
  }

  static pollfd entry(const Handle* pipe, short events) noexcept {
    return {.fd = is_open(pipe) ? pipe->get() : -1, .events = events, .revents = 0};
  }

  Feed& feed_;
  std::span<Drain> drains_;
  const detail::Deadline& deadline_;
  const Event* cancel_;
};

}  // namespace

TransferEnd transfer(Feed& feed,
                     std::span<Drain> drains,
                     const detail::Deadline& deadline,
                     const Event* cancel) {
  if (is_open(feed.pipe) && feed.bytes.empty()) {
    end_feed(feed);
  }
  if (is_open(feed.pipe) && feed.may_grow && feed.bytes.size() > usual_capacity) {
    static_cast<void>(resize_pipe(feed.pipe->get(), bulk_capacity));
  }
  return Transfer(feed, drains, deadline, cancel).run();
}

}  // namespace progeny::platform
