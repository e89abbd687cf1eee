// Locks, conditions and semaphores in a server.
//
// The owner of a lock is the session that took it: a thread of a client. A session that ends leaves
// its locks orphaned. They stay locked until somebody releases them, or the next one that acquires
// them gets them, and, if it is of progeny, the news.

#include "multiprocessing/managers/method_table.hpp"

#include <progeny/multiprocessing/errors.hpp>

#include <algorithm>
#include <array>
#include <list>

namespace progeny::multiprocessing::managers::detail {

namespace {

using pickle::Value;

// A lock without its mutex. Every function needs it held.
class LockState {
 public:
  explicit LockState(bool is_recursive) : is_recursive_(is_recursive) {}

  [[nodiscard]] bool is_owned_by(const Session& session) const {
    return count_ > 0 && owner_ == &session;
  }
  // Returns false after the deadline. Throws OwnerDied once it is taken.
  bool acquire(std::unique_lock<std::mutex>& lock, const Deadline& deadline, Session& session) {
    if (is_recursive_ && is_owned_by(session)) {
      ++count_;
      return true;
    }
    const auto is_free = [this] { return count_ == 0 || is_orphaned_; };
    if (!session.wait(lock, waiters_, deadline, is_free)) {
      return false;
    }
    const bool is_news = is_orphaned_;
    take(session, 1);
    if (is_news && session.is_progeny()) {
      throw OwnerDied("a client died while it held this managed lock; the caller holds it now");
    }
    return true;
  }
  void release(const Session& session) {
    if (is_recursive_ && !is_owned_by(session)) {
      throw RuntimeError("cannot release un-acquired lock");
    }
    if (count_ == 0) {
      throw RuntimeError("release unlocked lock");
    }
    if (--count_ == 0) {
      free_it();
    }
  }
  // Gives it up altogether, and returns how often it was taken.
  int release_all() {
    const int count = std::exchange(count_, 0);
    free_it();
    return count;
  }
  void acquire_again(std::unique_lock<std::mutex>& lock, int count, Session& session) {
    session.wait(lock, waiters_, Deadline(), [this] { return count_ == 0 || is_orphaned_; });
    take(session, count);
  }
  void forget(const Session& session) noexcept {
    if (is_owned_by(session)) {
      owner_ = nullptr;
      is_orphaned_ = true;
      waiters_.wake_all();
    }
  }
  [[nodiscard]] bool is_locked() const { return count_ > 0; }

 private:
  void take(Session& session, int count) {
    owner_ = &session;
    count_ = count;
    is_orphaned_ = false;
  }
  void free_it() {
    owner_ = nullptr;
    is_orphaned_ = false;
    waiters_.wake_all();
  }

  bool is_recursive_;
  int count_ = 0;
  const Session* owner_ = nullptr;  // Null if it is free or orphaned.
  bool is_orphaned_ = false;
  Waiters waiters_;
};

class LockObject final : public TableObject<LockObject> {
 public:
  explicit LockObject(bool is_recursive) : state_(is_recursive) {}

  [[nodiscard]] static std::span<const Method<LockObject>> methods() {
    static constexpr std::array<Method<LockObject>, 2> table{
        {{"acquire", &LockObject::acquire}, {"release", &LockObject::release}}};
    return table;
  }
  [[nodiscard]] std::string repr() override {
    const std::scoped_lock lock(mutex_);
    return state_.is_locked() ? "<locked lock of C++>" : "<unlocked lock of C++>";
  }
  void forget(Session& session) noexcept override {
    const std::scoped_lock lock(mutex_);
    state_.forget(session);
  }

  Reply acquire(const Arguments& arguments, Session& session) {
    const Deadline deadline = deadline_of(arguments, 0, "blocking");
    std::unique_lock lock(mutex_);
    return value_reply(state_.acquire(lock, deadline, session));
  }
  Reply release(const Arguments& /*arguments*/, Session& session) {
    const std::scoped_lock lock(mutex_);
    state_.release(session);
    return {};
  }

 private:
  std::mutex mutex_;  // Guards what follows.
  LockState state_;
};

class ConditionObject final : public TableObject<ConditionObject> {
 public:
  [[nodiscard]] static std::span<const Method<ConditionObject>> methods();
  [[nodiscard]] std::string repr() override { return "<condition of C++>"; }
  void forget(Session& session) noexcept override {
    const std::scoped_lock lock(mutex_);
    state_.forget(session);
  }

  Reply acquire(const Arguments& arguments, Session& session) {
    const Deadline deadline = deadline_of(arguments, 0, "blocking");
    std::unique_lock lock(mutex_);
    return value_reply(state_.acquire(lock, deadline, session));
  }
  Reply release(const Arguments& /*arguments*/, Session& session) {
    const std::scoped_lock lock(mutex_);
    state_.release(session);
    return {};
  }
  Reply wait(const Arguments& arguments, Session& session) {
    const Deadline deadline = deadline_of(arguments.find(0, "timeout"));
    std::unique_lock lock(mutex_);
    expect_owner(session, "wait on");
    const int count = state_.release_all();
    const Ticket ticket(*this);
    session.wait(lock, waiters_, deadline, [&] { return *ticket.place; });
    state_.acquire_again(lock, count, session);
    ticket.is_used = true;
    return value_reply(bool{*ticket.place});  // Also if it came while the lock was waited for.
  }
  Reply notify(const Arguments& arguments, Session& session) {
    const auto n = arguments.get<std::int64_t>(0, "n", 1);
    const std::scoped_lock lock(mutex_);
    expect_owner(session, "notify on");
    notify_some(n);
    return {};
  }
  Reply notify_all(const Arguments& /*arguments*/, Session& session) {
    const std::scoped_lock lock(mutex_);
    expect_owner(session, "notify on");
    notify_some(INT64_MAX);
    return {};
  }

 private:
  // The place of a waiter in the order of waiting. A client that goes passes its notice on.
  struct Ticket {
    explicit Ticket(ConditionObject& condition) : of(condition) {
      place = of.tickets_.insert(of.tickets_.end(), false);
    }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket() {
      const bool is_lost = *place && !is_used;
      of.tickets_.erase(place);
      if (is_lost) {
        of.notify_some(1);
      }
    }

    ConditionObject& of;
    std::list<bool>::iterator place;
    mutable bool is_used = false;
  };

  void expect_owner(const Session& session, std::string_view what) const {
    if (!state_.is_owned_by(session)) {
      throw RuntimeError("cannot " + std::string(what) + " un-acquired lock");
    }
  }
  void notify_some(std::int64_t n) {
    for (bool& is_notified : tickets_) {
      if (n <= 0) {
        break;
      }
      n -= is_notified ? 0 : 1;
      is_notified = true;
    }
    waiters_.wake_all();
  }

  std::mutex mutex_;  // Guards what follows.
  LockState state_{true};
  std::list<bool> tickets_;  // Of the waiters, the oldest first: whether each was notified.
  Waiters waiters_;
};

std::span<const Method<ConditionObject>> ConditionObject::methods() {
  static constexpr std::array<Method<ConditionObject>, 5> table{{
      {"acquire", &ConditionObject::acquire},
      {"release", &ConditionObject::release},
      {"wait", &ConditionObject::wait},
      {"notify", &ConditionObject::notify},
      {"notify_all", &ConditionObject::notify_all},
  }};
  return table;
}

class SemaphoreObject final : public TableObject<SemaphoreObject> {
 public:
  SemaphoreObject(std::int64_t value, bool is_bounded) : value_(value), is_bounded_(is_bounded) {
    if (value < 0) {
      throw ValueError("semaphore initial value must be >= 0");
    }
  }

  [[nodiscard]] static std::span<const Method<SemaphoreObject>> methods() {
    static constexpr std::array<Method<SemaphoreObject>, 2> table{
        {{"acquire", &SemaphoreObject::acquire}, {"release", &SemaphoreObject::release}}};
    return table;
  }
  [[nodiscard]] std::string repr() override { return "<semaphore of C++>"; }

  Reply acquire(const Arguments& arguments, Session& session) {
    const Deadline deadline = deadline_of(arguments, 0, "blocking");
    std::unique_lock lock(mutex_);
    if (!session.wait(lock, waiters_, deadline, [this] { return value_ > 0; })) {
      return value_reply(false);
    }
    --value_;
    return value_reply(true);
  }
  Reply release(const Arguments& arguments, Session& /*session*/) {
    const auto n = arguments.get<std::int64_t>(0, "n", 1);
    const std::scoped_lock lock(mutex_);
    if (n < 1) {
      throw ValueError("n must be one or more");
    }
    if (is_bounded_ && value_ > bound_ - n) {
      throw ValueError("Semaphore released too many times");
    }
    value_ += n;
    waiters_.wake_all();
    return {};
  }

 private:
  std::mutex mutex_;  // Guards what follows.
  std::int64_t value_;
  const std::int64_t bound_ = value_;
  const bool is_bounded_;
  Waiters waiters_;
};

}  // namespace

Served lock_from(const Arguments& arguments) {
  arguments.expect_at_most(0);
  return std::make_shared<LockObject>(false);
}

Served rlock_from(const Arguments& arguments) {
  arguments.expect_at_most(0);
  return std::make_shared<LockObject>(true);
}

Served condition_from(const Arguments& arguments) {
  const Value* const lock = arguments.find(0, "lock");
  if (lock != nullptr && !lock->is_none()) {
    throw TypeError("a condition of this server has a lock of its own: 'lock' must be None");
  }
  return std::make_shared<ConditionObject>();
}

Served semaphore_from(const Arguments& arguments) {
  arguments.expect_at_most(1);
  return std::make_shared<SemaphoreObject>(arguments.get<std::int64_t>(0, "value", 1), false);
}

Served bounded_semaphore_from(const Arguments& arguments) {
  arguments.expect_at_most(1);
  return std::make_shared<SemaphoreObject>(arguments.get<std::int64_t>(0, "value", 1), true);
}

}  // namespace progeny::multiprocessing::managers::detail
