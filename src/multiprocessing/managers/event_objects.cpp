// Events and barriers in a server.

#include "multiprocessing/managers/method_table.hpp"

#include <progeny/multiprocessing/errors.hpp>

#include <array>

namespace progeny::multiprocessing::managers::detail {

namespace {

using pickle::Value;

class EventObject final : public TableObject<EventObject> {
 public:
  [[nodiscard]] static std::span<const Method<EventObject>> methods() {
    static constexpr std::array<Method<EventObject>, 4> table{{
        {"is_set", &EventObject::is_set},
        {"set", &EventObject::set},
        {"clear", &EventObject::clear},
        {"wait", &EventObject::wait},
    }};
    return table;
  }
  [[nodiscard]] std::string repr() override { return "<event of C++>"; }

  Reply is_set(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    return value_reply(is_set_);
  }
  Reply set(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    is_set_ = true;
    ++sets_;
    waiters_.wake_all();
    return {};
  }
  Reply clear(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    is_set_ = false;
    return {};
  }
  Reply wait(const Arguments& arguments, Session& session) {
    const Deadline deadline = deadline_of(arguments.find(0, "timeout"));
    std::unique_lock lock(mutex_);
    // A waiter returns true even if the event was cleared again before it woke.
    const std::uint64_t before = sets_;
    return value_reply(session.wait(
        lock, waiters_, deadline, [this, before] { return is_set_ || sets_ != before; }));
  }

 private:
  std::mutex mutex_;  // Guards what follows.
  bool is_set_ = false;
  std::uint64_t sets_ = 0;
  Waiters waiters_;
};

class BarrierObject final : public TableObject<BarrierObject> {
 public:
  BarrierObject(std::int64_t parties, Value timeout)
      : parties_(parties), timeout_(std::move(timeout)) {
    if (parties < 1) {
      throw ValueError("parties must be > 0");
    }
  }

  [[nodiscard]] static std::span<const Method<BarrierObject>> methods() {
    static constexpr std::array<Method<BarrierObject>, 4> table{{
        {"__getattribute__", &BarrierObject::attribute},
        {"wait", &BarrierObject::wait},
        {"abort", &BarrierObject::abort},
        {"reset", &BarrierObject::reset},
    }};
    return table;
  }
  [[nodiscard]] std::string repr() override { return "<barrier of C++>"; }

  Reply attribute(const Arguments& arguments, Session& /*session*/) {
    const auto name = arguments.get<std::string>(0, "name");
    const std::scoped_lock lock(mutex_);
    if (name == "parties") {
      return value_reply(parties_);
    }
    if (name == "n_waiting") {
      return value_reply(round_->is_broken ? 0 : round_->arrived);
    }
    if (name == "broken") {
      return value_reply(round_->is_broken);
    }
    throw AttributeError("'Barrier' object has no attribute '" + name + "'");
  }
  Reply wait(const Arguments& arguments, Session& session) {
    const Value* const given = arguments.find(0, "timeout");
    const Deadline deadline = deadline_of(given == nullptr || given->is_none() ? &timeout_ : given);
    std::unique_lock lock(mutex_);
    const std::shared_ptr<Round> round = round_;
    if (round->is_broken) {
      throw_broken();
    }
    const std::int64_t index = round->arrived++;
    if (round->arrived == parties_) {
      round->is_over = true;
      round_ = std::make_shared<Round>();
      waiters_.wake_all();
      return value_reply(index);
    }
    const Leaving leaving(*this, round);
    session.wait(lock, waiters_, deadline, [&round] { return round->is_over || round->is_broken; });
    if (!round->is_over) {
      throw_broken();
    }
    return value_reply(index);
  }
  Reply abort(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    break_round(*round_);
    return {};
  }
  Reply reset(const Arguments& /*arguments*/, Session& /*session*/) {
    const std::scoped_lock lock(mutex_);
    break_round(*round_);
    round_ = std::make_shared<Round>();
    return {};
  }

 private:
  // Those that pass the barrier together.
  struct Round {
    std::int64_t arrived = 0;
    bool is_over = false;
    bool is_broken = false;
  };
  // Breaks a round that a waiter leaves early, also because its client died.
  struct Leaving {
    Leaving(BarrierObject& barrier, std::shared_ptr<Round> left)
        : of(barrier), round(std::move(left)) {}
    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;
    ~Leaving() {
      if (!round->is_over) {
        of.break_round(*round);
      }
    }

    BarrierObject& of;
    std::shared_ptr<Round> round;
  };

  [[noreturn]] static void throw_broken() {
    throw RemoteError("threading", "BrokenBarrierError", {});
  }
  void break_round(Round& round) {
    round.is_broken = true;
    waiters_.wake_all();
  }

  std::mutex mutex_;  // Guards what follows.
  std::int64_t parties_;
  Value timeout_;
  std::shared_ptr<Round> round_ = std::make_shared<Round>();
  Waiters waiters_;
};

}  // namespace

Served event_from(const Arguments& arguments) {
  arguments.expect_at_most(0);
  return std::make_shared<EventObject>();
}

Served barrier_from(const Arguments& arguments) {
  const Value* const action = arguments.find(1, "action");
  if (action != nullptr && !action->is_none()) {
    throw TypeError("a barrier of this server has no action: 'action' must be None");
  }
  return std::make_shared<BarrierObject>(arguments.get<std::int64_t>(0, "parties"),
                                         arguments.get<Value>(2, "timeout", Value()));
}

}  // namespace progeny::multiprocessing::managers::detail
