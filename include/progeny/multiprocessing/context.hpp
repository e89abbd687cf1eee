#pragma once

// Start methods and contexts: how children are started.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

class Pool;
struct PoolOptions;

/// Starts processes by one start method. `get_context` makes one.
///
/// - `fork`: the child is a copy of this process. Fast, and takes every callable. Unsafe if other
///   threads hold locks at that moment; a warning of that is logged once.
/// - `spawn`: the child is this program started anew. Only what is passed reaches it.
/// - `forkserver`: a small server, itself spawned once, makes copies of itself. As safe as `spawn`,
///   and nearly as fast as `fork`, however large this process is. A child has the working folder
///   that this process has at the start, but the environment, the signal dispositions and the
///   signal mask that the server was started with.
///
/// - Python: `BaseContext` and the classes derived from it. Differs: a subclass of `Process` is
///   bound by `bind`.
/// - Threads: safe.
class PROGENY_EXPORT Context {
 public:
  /// The start method of this context. For the default context, see the function of this name.
  [[nodiscard]] std::optional<std::string> get_start_method(bool allow_none = false) const;
  /// The context of that start method. Without one: this context.
  ///
  /// - Throws: `ValueError` for a method that this system does not have.
  [[nodiscard]] Context get_context(std::optional<std::string_view> method = {}) const;
  /// For the default context: the function of this name.
  ///
  /// - Throws: `ValueError` for a context of one start method; otherwise as that function.
  void set_start_method(std::optional<std::string_view> method, bool force = false) const;

  /// A process that this context starts: `ctx.Process(f, 1, 2)`.
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

  /// A pool whose workers this context starts: `ctx.Pool({.processes = 2})`. Include
  /// <progeny/multiprocessing/pool.hpp>.
  [[nodiscard]] multiprocessing::Pool Pool(const PoolOptions& options) const;
  /// The same with this many workers.
  [[nodiscard]] multiprocessing::Pool Pool(int processes) const;
  /// The same with a worker for each processor.
  [[nodiscard]] multiprocessing::Pool Pool() const;

  /// Makes this context start `process`, which may be of a subclass.
  ///
  /// - Python: `class Worker(ctx.Process)`.
  /// - Throws: `UsageError` if it has been started.
  void bind(multiprocessing::Process& process) const;

  /// Whether both start processes in the same way.
  [[nodiscard]] friend bool operator==(const Context&, const Context&) noexcept = default;

 private:
  friend PROGENY_EXPORT Context get_context(std::optional<std::string_view> method);
  explicit Context(std::optional<StartMethod> method) noexcept : method_(method) {}
  std::optional<StartMethod> method_;
};

/// The context of a start method: `fork`, `spawn` or `forkserver`. Without one: the default
/// context.
///
/// - Python: `multiprocessing.get_context`.
/// - Throws: `ValueError` for a method that this system does not have.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT Context get_context(std::optional<std::string_view> method = {});

/// The start method of the default context. If none is set, this sets the system's default one.
/// With `allow_none` it sets nothing and returns nothing.
///
/// - Python: `multiprocessing.get_start_method`. Differs: on Linux the default is `fork`, which was
///   Python's before 3.14.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT std::optional<std::string> get_start_method(bool allow_none = false);

/// Sets the default start method. A second call throws unless `force`.
///
/// Without a method this sets the system's default one; with `force` it takes the choice back.
///
/// - Python: `multiprocessing.set_start_method`.
/// - Throws: `ValueError` for a method that this system does not have; `RuntimeError` if one is
///   set. Then nothing has changed.
/// - Threads: safe.
PROGENY_EXPORT void set_start_method(std::optional<std::string_view> method, bool force = false);

/// The start methods of this system, the default first.
///
/// - Python: `multiprocessing.get_all_start_methods`.
/// - Platforms: `fork`, `spawn`, `forkserver` where processes can be forked, else `spawn`.
[[nodiscard]] PROGENY_EXPORT std::vector<std::string> get_all_start_methods();

}  // namespace progeny::multiprocessing
