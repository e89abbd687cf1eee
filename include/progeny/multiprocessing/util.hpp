#pragma once

// What runs at the end of a process and in a forked child, and the folder for temporary files:
// Python's `multiprocessing.util`.

#include <progeny/export.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace progeny::multiprocessing {

namespace detail {
class ExitCallback;
}  // namespace detail

namespace util {

/// Owns a piece of clean-up, which runs once: when this object is destroyed or when the process
/// ends, whichever comes first.
///
/// A process ends by a return from `main`, by `exit`, or by the end of a target; a signal or
/// `_exit` runs nothing. At the end, three steps follow each other:
///
/// 1. The callbacks with a priority of 0 or more run: the highest first, the newest first among
///    equals.
/// 2. Daemonic children are terminated, and all children are joined.
/// 3. The callbacks with a negative priority run, in the same order.
///
/// That order does not hold for objects of static storage duration: each runs when it is destroyed,
/// before the three steps or after them, in the reverse order of construction. `detach()` one that
/// has to keep its place.
///
/// A callback that throws is reported on stderr, and the rest still run. In a forked child the
/// callbacks of its parent do nothing.
///
/// - Python: `multiprocessing.util.Finalize`. Differs: there is no `obj` argument. An object that
///   needs clean-up has its `Finalize` as a member, which takes the place of Python's weak
///   reference.
/// - Threads: safe.
class PROGENY_EXPORT Finalize {
 public:
  /// Owns nothing.
  Finalize() noexcept = default;
  /// Owns `callback`. Without a priority, the callback does not run at the end of the process.
  explicit Finalize(std::function<void()> callback, std::optional<int> exitpriority = {});
  /// Takes over what `other` owns.
  Finalize(Finalize&& other) noexcept = default;
  /// Runs its own callback, then takes over what `other` owns.
  Finalize& operator=(Finalize&& other) noexcept;
  Finalize(const Finalize&) = delete;
  Finalize& operator=(const Finalize&) = delete;
  /// Runs the callback unless it has run or was cancelled. Reports an exception on stderr.
  ~Finalize();

  /// Runs the callback now, unless it has run, was cancelled, or belongs to the parent of this
  /// process.
  ///
  /// - Returns: whether it ran.
  /// - Throws: what the callback throws.
  bool operator()();
  /// Drops the callback.
  void cancel() noexcept;
  /// Whether the callback is still to run in this process.
  [[nodiscard]] bool still_active() const noexcept;
  /// Leaves the callback to the end of the process.
  ///
  /// - Python: none. There, a `Finalize` that nobody refers to lives on in a registry.
  /// - Throws: `ValueError` if the callback has no priority, as it would never run.
  void detach();

 private:
  std::shared_ptr<detail::ExitCallback> callback_;
};

/// Runs `callback` at the end of this process, as a detached `Finalize` does. In a child that is
/// the end of its target.
///
/// - Python: `atexit.register`, which runs in children of `multiprocessing` since 3.13.
/// - Threads: safe.
PROGENY_EXPORT void at_exit(std::function<void()> callback, int exitpriority = 0);

/// Runs `hook` in each child that is a forked copy of this process, before its target. Several
/// hooks run in the order of their registration. Under `forkserver`, the hooks are those that were
/// registered in the server.
///
/// A hook that throws is logged, and the rest still run.
///
/// - Python: `multiprocessing.util.register_after_fork`. Differs: there is no `obj` argument.
/// - Threads: safe.
PROGENY_EXPORT void register_after_fork(std::function<void()> hook);

/// The path of a folder for temporary files, of mode 0700. The first call makes it. Children have
/// the same folder. The end of the process that made it removes it with its contents.
///
/// - Python: `multiprocessing.util.get_temp_dir`.
/// - Throws: `OSError` if no folder can be made.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT std::string get_temp_dir();

}  // namespace util
}  // namespace progeny::multiprocessing
