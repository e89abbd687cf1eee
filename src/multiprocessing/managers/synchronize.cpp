#include <progeny/multiprocessing/managers/synchronize.hpp>

#include <chrono>

namespace progeny::multiprocessing::managers {

namespace {

using pickle::Value;

// None, or seconds.
Value seconds(const Timeout& timeout) {
  // More than that is too much for Python.
  constexpr std::chrono::hours longest{24 * 365 * 100};
  if (!timeout.limited() || timeout.limit() > longest) {
    return {};
  }
  const double count = std::chrono::duration<double>(timeout.limit()).count();
  return {count > 0 ? count : 0.0};
}

bool looks_once(const Timeout& timeout) {
  return timeout.limited() && timeout.limit() <= std::chrono::nanoseconds::zero();
}

}  // namespace

void QueueProxy::put(const Value& item, const Timeout& timeout) const {
  call("put", item, !looks_once(timeout), seconds(timeout));
}
void QueueProxy::put_nowait(const Value& item) const {
  call("put_nowait", item);
}
Value QueueProxy::get(const Timeout& timeout) const {
  return call("get", !looks_once(timeout), seconds(timeout));
}
Value QueueProxy::get_nowait() const {
  return call("get_nowait");
}
std::size_t QueueProxy::qsize() const {
  return static_cast<std::size_t>(call("qsize").as_int());
}
bool QueueProxy::empty() const {
  return call("empty").as_bool();
}
bool QueueProxy::full() const {
  return call("full").as_bool();
}
void QueueProxy::task_done() const {
  call("task_done");
}
void QueueProxy::join() const {
  call("join");
}

bool AcquirerProxy::acquire(const Timeout& timeout) const {
  if (!timeout.limited()) {
    return call("acquire", true).as_bool();
  }
  if (looks_once(timeout)) {
    return call("acquire", false).as_bool();
  }
  return call("acquire", true, seconds(timeout)).as_bool();
}
void AcquirerProxy::release() const {
  call("release");
}

bool ConditionProxy::wait(const Timeout& timeout) const {
  return call("wait", seconds(timeout)).as_bool();
}
void ConditionProxy::notify(std::int64_t n) const {
  call("notify", n);
}
void ConditionProxy::notify_all() const {
  call("notify_all");
}

bool EventProxy::is_set() const {
  return call("is_set").as_bool();
}
void EventProxy::set() const {
  call("set");
}
void EventProxy::clear() const {
  call("clear");
}
bool EventProxy::wait(const Timeout& timeout) const {
  return call("wait", seconds(timeout)).as_bool();
}

std::int64_t BarrierProxy::wait(const Timeout& timeout) const {
  return call("wait", seconds(timeout)).as_int();
}
void BarrierProxy::abort() const {
  call("abort");
}
void BarrierProxy::reset() const {
  call("reset");
}
std::int64_t BarrierProxy::parties() const {
  return call("__getattribute__", "parties").as_int();
}
std::int64_t BarrierProxy::n_waiting() const {
  return call("__getattribute__", "n_waiting").as_int();
}
bool BarrierProxy::broken() const {
  return call("__getattribute__", "broken").as_bool();
}

}  // namespace progeny::multiprocessing::managers
