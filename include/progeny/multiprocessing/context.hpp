#pragma once

// How children come to be: Python's start methods and contexts.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

/// A way to start processes, and the calls of this module bound to it.
///
/// - `fork`: the child is a copy of this process. Fast, takes every callable; unsafe if other
///   threads hold locks at that moment, of which a warning is logged once.
/// - `spawn`: the child is this program started anew; only what is passed reaches it.
/// - `forkserver`: a small server, itself spawned once, makes copies of itself. As safe as `spawn`
///   and nearly as fast as `fork`, however large this process is. Its children have the working
///   folder of this process at their start, but the environment, signal dispositions and signal
///   mask that the server was started with.
///
/// - Python: `BaseContext` and what is below it.
/// - Threads: safe.
class PROGENY_EXPORT Context {
 public:
  /// The start method of this context. For the default context see the function of this name.
  [[nodiscard]] std::optional<std::string> get_start_method(bool allow_none = false) const;
  /// A context of its own for that start method; of the context itself without one.
  [[nodiscard]] Context get_context(std::optional<std::string_view> method = {}) const;
  /// For the default context as the function of this name; others throw `ValueError`.
  void set_start_method(std::optional<std::string_view> method, bool force = false) const;

  /// A process that this context's method will start: `ctx.Process(f, 1, 2)`.
  template <class... Args>
  [[nodiscard]] multiprocessing::Process Process(Args&&... args) const {
    multiprocessing::Process process(std::forward<Args>(args)...);
    bind(process);
    return process;
  }

  /// The same with options: `ctx.Process({.name = "worker"}, f, 1, 2)`.
  template <class... Args>
  [[nodiscard]] multiprocessing::Process Process(const ProcessOptions& options,
                                                 Args&&... args) const {
    multiprocessing::Process process(options, std::forward<Args>(args)...);
    bind(process);
    return process;
  }

  /// Has this context's method start `process`, which may be of a subclass. Python writes
  /// `class Worker(ctx.Process)` instead. Throws `UsageError` if it has been started.
  void bind(multiprocessing::Process& process) const;

  /// Whether both are the same way.
  [[nodiscard]] friend bool operator==(const Context&, const Context&) noexcept = default;

 private:
  friend PROGENY_EXPORT Context get_context(std::optional<std::string_view> method);
  explicit Context(std::optional<detail::StartMethod> method) noexcept : method_(method) {}
  std::optional<detail::StartMethod> method_;
};

/// The default context, or the one of a start method: `fork`, `spawn`, `forkserver`.
///
/// - Throws: `ValueError` for a method that this system has not.
[[nodiscard]] PROGENY_EXPORT Context get_context(std::optional<std::string_view> method = {});

/// The start method of the default context. Asking fixes the default (`fork`), as Python's does;
/// with `allow_none` it does not, and the answer is nothing while none is fixed.
[[nodiscard]] PROGENY_EXPORT std::optional<std::string> get_start_method(bool allow_none = false);

/// Fixes the start method of the default context, once; with `force` at any time, and nothing as
/// the method takes the choice back then, else it means the default.
///
/// - Throws: `ValueError` for a method that this system has not; `RuntimeError` if it is fixed.
PROGENY_EXPORT void set_start_method(std::optional<std::string_view> method, bool force = false);

/// The start methods of this system, the default first.
[[nodiscard]] PROGENY_EXPORT std::vector<std::string> get_all_start_methods();

}  // namespace progeny::multiprocessing
