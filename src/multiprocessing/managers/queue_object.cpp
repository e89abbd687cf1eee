// A queue in a server.

#include "multiprocessing/managers/method_table.hpp"

#include <progeny/multiprocessing/errors.hpp>

#include <array>
#include <deque>

namespace progeny::multiprocessing::managers::detail {

namespace {

using pickle::Value;

class QueueObject final : public TableObject<QueueObject> {
 public:
  explicit QueueObject(std::int64_t maxsize) : maxsize_(maxsize) {}

  [[nodiscard]] static std::span<const Method<QueueObject>> methods();
  [[nodiscard]] std::string repr() override { return "<queue.Queue object of C++>"; }

  Reply empty(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    return value_reply(items_.empty());
  }
  Reply full(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    return value_reply(!has_room());
  }
  Reply qsize(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    return value_reply(items_.size());
  }
  Reply put(const Arguments& arguments, Session& session) {
    arguments.expect_at_most(3);
    return put_until(arguments, checked_deadline(arguments, 1), session);
  }
  Reply put_nowait(const Arguments& arguments, Session& session) {
    arguments.expect_at_most(1);
    return put_until(arguments, Deadline(Timeout(std::chrono::nanoseconds::zero())), session);
  }
  Reply get(const Arguments& arguments, Session& session) {
    arguments.expect_at_most(2);
    return get_until(checked_deadline(arguments, 0), session);
  }
  Reply get_nowait(const Arguments& arguments, Session& session) {
    arguments.expect_at_most(0);
    return get_until(Deadline(Timeout(std::chrono::nanoseconds::zero())), session);
  }
  Reply task_done(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    if (unfinished_ == 0) {
      throw ValueError("task_done() called too many times");
    }
    if (--unfinished_ == 0) {
      joiners_.wake_all();
    }
    return {};
  }
  Reply join(const Arguments& /*arguments*/, Session& session) {
    std::unique_lock lock(mutex_);
    session.wait(lock, joiners_, Deadline(), [this] { return unfinished_ == 0; });
    return {};
  }

 private:
  [[nodiscard]] bool has_room() const {
    return maxsize_ <= 0 || std::cmp_less(items_.size(), maxsize_);
  }
  [[nodiscard]] static Deadline checked_deadline(const Arguments& arguments, std::size_t first) {
    const Value* const timeout = arguments.find(first + 1, "timeout");
    if (timeout != nullptr && !timeout->is_none() && timeout->as_float() < 0 &&
        arguments.get<bool>(first, "block", true)) {
      throw ValueError("'timeout' must be a non-negative number");
    }
    return deadline_of(arguments, first, "block");
  }

  Reply put_until(const Arguments& arguments, const Deadline& deadline, Session& session) {
    Value item = arguments.get<Value>(0, "item");
    std::unique_lock lock(mutex_);
    if (!session.wait(lock, putters_, deadline, [this] { return has_room(); })) {
      throw RemoteError("queue", "Full", {});
    }
    items_.push_back(std::move(item));
    ++unfinished_;
    getters_.wake_all();
    return {};
  }
  Reply get_until(const Deadline& deadline, Session& session) {
    std::unique_lock lock(mutex_);
    if (!session.wait(lock, getters_, deadline, [this] { return !items_.empty(); })) {
      throw RemoteError("_queue", "Empty", {});
    }
    Value item = std::move(items_.front());
    items_.pop_front();
    putters_.wake_all();
    return value_reply(std::move(item));
  }

  std::int64_t maxsize_;
  std::mutex mutex_;  // Guards what follows.
  std::deque<Value> items_;
  std::size_t unfinished_ = 0;  // Items that were put and are not done.
  Waiters getters_;
  Waiters putters_;
  Waiters joiners_;
};

std::span<const Method<QueueObject>> QueueObject::methods() {
  static constexpr std::array<Method<QueueObject>, 9> table{{
      {"get", &QueueObject::get},
      {"put", &QueueObject::put},
      {"task_done", &QueueObject::task_done},
      {"get_nowait", &QueueObject::get_nowait},
      {"put_nowait", &QueueObject::put_nowait},
      {"empty", &QueueObject::empty},
      {"full", &QueueObject::full},
      {"join", &QueueObject::join},
      {"qsize", &QueueObject::qsize},
  }};
  return table;
}

}  // namespace

Served queue_from(const Arguments& arguments) {
  arguments.expect_at_most(1);
  return make_queue(arguments.get<std::int64_t>(0, "maxsize", 0));
}

}  // namespace progeny::multiprocessing::managers::detail

namespace progeny::multiprocessing::managers {

Served make_queue(std::int64_t maxsize) {
  return std::make_shared<detail::QueueObject>(maxsize);
}

}  // namespace progeny::multiprocessing::managers
