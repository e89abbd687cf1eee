#pragma once

// What runs when a process ends, what runs in a new copy of it, and its folder for temporary
// files: Python's `multiprocessing.util`.

#include <progeny/export.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace progeny::multiprocessing::util {

/// Owns a piece of clean-up: it runs when this object goes, or when the process ends, whichever
/// comes first, and once only.
///
/// At the end of a process (by a return from `main`, `exit`, or the end of a target; not after a
/// signal or `_exit`) the callbacks with a priority of 0 or more run first, the highest first and
/// among equals the newest first; then daemonic children are terminated and the others joined; then
/// those with a negative priority run. One that throws is reported on stderr, and the rest still
/// run. In a forked child the callbacks of its parent do nothing.
///
/// - Python: `multiprocessing.util.Finalize`. Differs: the object that is cleaned up has the
///   `Finalize` as a member, so that no weak reference to it is needed.
/// - Threads: safe.
class PROGENY_EXPORT Finalize {
 public:
  /// Owns nothing.
  Finalize() noexcept = default;
  /// Owns `callback`; without a priority it does not run at the end of the process.
  explicit Finalize(std::function<void()> callback, std::optional<int> exitpriority = {});
  /// Takes over what `other` owns.
  Finalize(Finalize&& other) noexcept = default;
  /// Runs what this owns, then takes over what `other` owns.
  Finalize& operator=(Finalize&& other) noexcept;
  Finalize(const Finalize&) = delete;
  Finalize& operator=(const Finalize&) = delete;
  /// Runs the callback unless it has run or was cancelled. An exception is reported on stderr.
  ~Finalize();

  /// Runs the callback now, unless it has run, was cancelled, or belongs to the parent of this
  /// process. Returns whether it ran; what it throws goes to the caller.
  bool operator()();
  /// Drops the callback.
  void cancel() noexcept;
  /// Whether the callback is still to run in this process.
  [[nodiscard]] bool still_active() const noexcept;
  /// Leaves the callback to the end of the process. Throws `ValueError` if it has no priority.
  void detach();

  struct Entry;

 private:
  std::shared_ptr<Entry> entry_;
};

/// Has `callback` run at the end of this process, as a detached `Finalize`. In a child it runs when
/// the target has returned.
///
/// - Python: `atexit.register`, which does so in children of `multiprocessing` since 3.13.
PROGENY_EXPORT void at_exit(std::function<void()> callback, int exitpriority = 0);

/// Has `hook` run in each child that is a copy of this process (start method `fork`, and in the
/// children of a forkserver in which it was registered), before its target, in the order of
/// registration. What it throws is logged, and the rest still run.
///
/// - Python: `multiprocessing.util.register_after_fork`.
/// - Threads: safe.
PROGENY_EXPORT void register_after_fork(std::function<void()> hook);

/// A folder for temporary files (mode 0700) that is made on first use, is the same in all children,
/// and is removed with its contents when the process that made it ends.
///
/// - Python: `multiprocessing.util.get_temp_dir`.
/// - Throws: `OSError`.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT std::string get_temp_dir();

}  // namespace progeny::multiprocessing::util
