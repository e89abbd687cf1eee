#pragma once

// A place where processes wait for each other: Python's `multiprocessing.Barrier`.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/errors.hpp>
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

/// The entry by which another process calls an action.
using ActionEntry = void(serial::CodeAddress callee);

template <class Callable>
struct CallAction {
  static void call(serial::CodeAddress callee) { serial::callable_from<Callable>(callee)(); }
};

}  // namespace progeny::multiprocessing::detail

namespace progeny::multiprocessing {

/// A function without arguments that a barrier calls. Functions and captureless lambdas travel with
/// it to other processes; closures are for processes made by `fork`.
class BarrierAction {
 public:
  /// None.
  BarrierAction() = default;
  /// Calls `callable()`.
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
  /// Called by one of the parties, when all have come and before any goes on.
  BarrierAction action = {};
  /// The timeout of every `wait` that has none of its own.
  Timeout timeout = {};
};

/// Lets its parties go on when so many of them wait, time after time.
///
/// It breaks if a party gives up, calls `abort`, or dies while it waits, of which the others learn
/// within a quarter of a second; then all who wait, and all who come, get `BrokenBarrierError`,
/// until somebody calls `reset`. One that dies before it comes is only missed: use a timeout.
///
/// Objects are references, as those of `Lock`.
/// - Python: `multiprocessing.Barrier`. Differs: `abort` and `reset` do not wait for the action to
///   end; the party that runs it gets `BrokenBarrierError` after it.
/// - Threads: safe. Signal handlers of the host do not interrupt a wait.
/// - Platforms: Linux.
class PROGENY_EXPORT Barrier {
 public:
  /// A new one for so many threads of whichever processes.
  /// - Throws: `ValueError` if `parties` is below 1, `OSError` if there is no memory or no
  ///   descriptor.
  explicit Barrier(int parties, BarrierOptions options = {});

  /// Waits until all have come. Returns when this one came: 0 for the first, `parties() - 1` for
  /// the last, who calls the action.
  ///
  /// With a timeout, or the barrier's, the barrier breaks if that is over. It is not over while the
  /// action runs. 0 and negative ones break it unless this party is the last.
  /// - Throws: `BrokenBarrierError`; and what the action throws, which breaks the barrier.
  int wait(const Timeout& timeout = {});

  /// Makes it usable and empty: those who wait get `BrokenBarrierError`.
  void reset();
  /// Breaks it.
  void abort();

  /// How many it waits for.
  [[nodiscard]] int parties() const noexcept;
  /// How many wait now.
  [[nodiscard]] int n_waiting() const noexcept;
  /// Whether it is broken.
  [[nodiscard]] bool broken() const noexcept;

  /// What Python's `repr` says: `<Barrier at 0x7f22c6c0e000: waiters=0/3>`, or `: broken>`.
  friend PROGENY_EXPORT std::string to_string(const Barrier& barrier);

 private:
  friend serial::Codec<Barrier>;
  Barrier(BarrierOptions options, std::shared_ptr<detail::SharedObject> object);
  int act_and_pass(std::size_t slot, int index);

  BarrierOptions options_;
  std::shared_ptr<detail::SharedObject> object_;
};

[[nodiscard]] PROGENY_EXPORT std::string to_string(const Barrier& barrier);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Barrier& barrier);

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// The receiver's is the same barrier. Throws RuntimeError if the action cannot travel.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Barrier> {
  /// A timeout, whether there is an action, two handles, an offset and a size.
  static constexpr std::size_t min_size = 2 + 2 * sizeof(std::uint32_t) + 3 * sizeof(std::uint64_t);
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Barrier& value);
  /// Reads it.
  static multiprocessing::Barrier load(Reader& reader);
};

}  // namespace progeny::serial
