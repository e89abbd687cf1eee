#pragma once

// Makes a fixed number of threads or processes wait for each other: Python's
// `multiprocessing.Barrier`.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/object_reference.hpp>
#include <progeny/multiprocessing/errors.hpp>  // IWYU pragma: export
#include <progeny/serial.hpp>
#include <progeny/serial/function.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace progeny::multiprocessing::detail {

class SharedObject;

/// The type of the function through which a receiving process calls an action.
using ActionEntry = void(serial::CodeAddress callee);

template <class Callable>
struct CallAction {
  static void call(serial::CodeAddress callee) { serial::callable_from<Callable>(callee)(); }
};

}  // namespace progeny::multiprocessing::detail

namespace progeny::multiprocessing {

/// A function without arguments that a barrier calls. Functions and captureless lambdas travel with
/// the barrier to every process; closures reach only processes started by `fork`.
class BarrierAction {
 public:
  /// No action.
  BarrierAction() = default;
  /// An action that calls `callable()`.
  template <class Callable>
    requires std::invocable<std::decay_t<Callable>&> &&
                 (!std::same_as<std::decay_t<Callable>, BarrierAction>)
  // NOLINTNEXTLINE(google-explicit-constructor): `.action = [] { ... }` is the point.
  BarrierAction(Callable&& callable)
      : function_(travelling(callable)), call_(std::forward<Callable>(callable)) {}

 private:
  friend class Barrier;
  friend serial::Codec<BarrierAction>;

  template <class Callable>
  static serial::Function travelling(const Callable& callable) {
    using Kept = std::decay_t<Callable>;
    if constexpr (serial::TravellingCallable<Kept>) {
      const Kept& kept = callable;
      return {.descriptor = &serial::descriptor_of<detail::CallAction<Kept>>(),
              .callee = serial::callee_of(kept)};
    }
    return {};
  }

  serial::Function function_;
  std::function<void()> call_;
};

/// Keyword arguments of `Barrier`.
struct BarrierOptions {
  /// The last party to arrive calls it before any party goes on. Default: no action.
  BarrierAction action = {};
  /// The timeout of each `wait` that is given none. Default: forever.
  Timeout timeout = {};
};

/// Blocks each party until a fixed number of parties wait, then lets all of them go on. It can be
/// used again and again.
///
/// The barrier breaks if a party's time is up, if a party calls `abort`, if the action throws, or
/// if a party dies while it waits. The others notice a death within a quarter of a second. While
/// the barrier is broken, every waiting and every arriving party gets `BrokenBarrierError`; `reset`
/// repairs it. The barrier cannot know of a party that dies before it arrives: use a timeout.
///
/// Objects are references, as those of `Lock`.
///
/// - Python: `multiprocessing.Barrier`. Differs: `abort` and `reset` do not wait for a running
///   action; the party that runs it gets `BrokenBarrierError` afterwards. A barrier whose waiting
///   party was killed breaks; Python's waits forever.
/// - Threads: safe. The host's signal handlers run during a wait and do not end it.
/// - Platforms: Linux.
class PROGENY_EXPORT Barrier {
 public:
  /// Makes a new barrier for this many threads, of one or several processes.
  /// - Throws: `ValueError` if `parties` is below 1, `OSError` if memory runs out.
  explicit Barrier(int parties, BarrierOptions options = {});

  /// Waits until all parties have arrived. The last one calls the action.
  ///
  /// When the time is up, the barrier breaks for all parties. The time is not up while the action
  /// runs. A timeout of 0 or below breaks the barrier unless this party is the last.
  /// - Python: `wait(timeout=None)`.
  /// - Returns: the order of arrival: 0 for the first party, `parties() - 1` for the last.
  /// - Throws: `BrokenBarrierError` if the barrier is or gets broken, or is reset. Whatever the
  ///   action throws, in the party that ran it; that breaks the barrier.
  /// - Blocks: until the last party has arrived and its action has ended, at most `timeout`. A
  ///   party that arrives during the action of a full round first waits, without limit, for that
  ///   round to end.
  int wait(const Timeout& timeout = {});

  /// Empties the barrier and repairs it if it is broken. Waiting parties get `BrokenBarrierError`.
  /// - Python: `reset`. Differs: does not wait for a running action.
  void reset();
  /// Breaks the barrier.
  /// - Python: `abort`. Differs: does not wait for a running action.
  void abort();

  /// The number of parties that a round needs.
  [[nodiscard]] int parties() const noexcept;
  /// The number of parties that wait at this moment.
  [[nodiscard]] int n_waiting() const noexcept;
  /// Whether the barrier is broken.
  [[nodiscard]] bool broken() const noexcept;

  /// The text of Python's `repr`: `<Barrier at 0x7f22c6c0e000: waiters=0/3>`, or `: broken>`.
  friend PROGENY_EXPORT std::string to_string(const Barrier& barrier);

 private:
  friend serial::Codec<Barrier>;
  Barrier(BarrierOptions options, std::shared_ptr<detail::SharedObject> object);
  int act_and_pass(std::size_t slot, int index, const Timeout& limit);

  BarrierOptions options_;
  detail::ObjectReference object_;
};

[[nodiscard]] PROGENY_EXPORT std::string to_string(const Barrier& barrier);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Barrier& barrier);

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// A barrier travels as a reference: sender and receiver share one barrier. The action and the
/// default timeout are copied.
/// - Throws: `RuntimeError` on saving if the action is a closure.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Barrier> {
  /// The action (empty if none), the timeout, two handles, an offset and a size.
  static constexpr std::size_t min_size = 2 + 2 * sizeof(std::uint32_t) + 3 * sizeof(std::uint64_t);
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Barrier& value);
  /// Reads it.
  static multiprocessing::Barrier load(Reader& reader);
};

}  // namespace progeny::serial
