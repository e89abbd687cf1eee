#pragma once

// Managers: objects in a server process that other processes use through proxies. The server and
// its clients may be programs of progeny or of Python.

#include <progeny/base/timeout.hpp>
#include <progeny/detail/durations.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/connection/address.hpp>
#include <progeny/multiprocessing/managers/containers.hpp>
#include <progeny/multiprocessing/managers/registry.hpp>
#include <progeny/multiprocessing/managers/server.hpp>
#include <progeny/multiprocessing/managers/synchronize.hpp>
#include <progeny/pickle/value.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::managers {

/// Keyword arguments of a manager, in Python's order.
struct ManagerOptions {
  /// Where the server listens. Default: a socket in a new private folder.
  std::optional<connection::Address> address = {};
  /// The key that clients and server prove to each other. Default: that of the current process.
  /// A peer that has the key can run code in Python processes that use the server.
  std::optional<std::string> authkey = {};
  /// How long `shutdown` waits for the server before it terminates it.
  Timeout shutdown_timeout = std::chrono::seconds(1);
};

/// Starts a server in a child process, or connects to a server anywhere.
///
/// - Python: `BaseManager`. Differs: `create` takes the name of a type; Python makes a method of
///   each. The server's child is forked.
/// - Threads: `create` and what is const are safe.
/// - Platforms: POSIX.
class PROGENY_EXPORT BaseManager {
 public:
  /// A manager that is neither started nor connected. Its server offers no types but those that
  /// are registered.
  explicit BaseManager(ManagerOptions options = {});
  /// Takes over the server of `other`.
  BaseManager(BaseManager&& other) noexcept;
  /// Shuts down, then takes over the server of `other`.
  BaseManager& operator=(BaseManager&& other) noexcept;
  BaseManager(const BaseManager&) = delete;
  BaseManager& operator=(const BaseManager&) = delete;
  /// Shuts down a server that it has started.
  virtual ~BaseManager();

  /// The types that the server will offer. Changes count until it is started.
  [[nodiscard]] Registry& registry();

  /// Starts the server in a child process named `SyncManager-N`. `initializer` is called there
  /// first.
  /// - Throws: `ProcessError` if the manager was started or shut down; `RuntimeError` with the
  ///   reason if the server could not begin.
  void start(const std::function<void()>& initializer = {});
  /// A server for this process to run.
  /// - Throws: `ProcessError` if the manager was started.
  [[nodiscard]] Server get_server();
  /// Connects to the server at the address.
  /// - Throws: `AuthenticationError` for another key; `OSError` if there is no server.
  void connect();
  /// Ends a server that it has started: asks it, waits, terminates it, kills it. Does nothing if
  /// it has started none.
  void shutdown() noexcept;

  /// The server's address.
  /// - Throws: `UsageError` before there is one.
  [[nodiscard]] const connection::Address& address() const;
  /// The server's process number, if this manager started it.
  [[nodiscard]] std::optional<int> pid() const;

  /// Makes an object of a type, and returns a proxy for it.
  /// - Throws: `UsageError` before `start` and `connect`; `RemoteError` for an unknown type, and if
  ///   it could not be made.
  [[nodiscard]] BaseProxy create(std::string_view typeid_name,
                                 std::vector<pickle::Value> args = {},
                                 std::vector<pickle::Value::Pair> kwds = {}) const;
  /// The proxy that a value stands for, such as a proxy from a managed dict.
  /// - Throws: `TypeError` if it is none.
  [[nodiscard]] BaseProxy rebuild(const pickle::Value& value) const;
  /// The number of objects that clients hold.
  /// - Python: `_number_of_objects`.
  [[nodiscard]] std::int64_t number_of_objects() const;
  /// A line for each object.
  /// - Python: `_debug_info`.
  [[nodiscard]] std::string debug_info() const;

 private:
  struct State;
  [[nodiscard]] State& started() const;

  std::unique_ptr<State> state_;
};

/// A manager of Python's containers and synchronisation objects.
///
/// - Python: `SyncManager`.
class PROGENY_EXPORT SyncManager : public BaseManager {
 public:
  /// A manager that is neither started nor connected.
  explicit SyncManager(ManagerOptions options = {});

  /// A list of these items.
  [[nodiscard]] ListProxy list(std::vector<pickle::Value> items = {}) const;
  /// A dict of these items.
  [[nodiscard]] DictProxy dict(std::vector<pickle::Value::Pair> items = {}) const;

  // NOLINTBEGIN(readability-identifier-naming): Python's names.
  /// A namespace.
  [[nodiscard]] NamespaceProxy Namespace() const;
  /// A value; `typecode` is kept for Python's sake.
  [[nodiscard]] ValueProxy Value(std::string_view typecode, const pickle::Value& value) const;
  /// An array of numbers of the type of one letter: `i`, `d`.
  [[nodiscard]] ArrayProxy Array(std::string_view typecode, std::vector<pickle::Value> items) const;
  /// A queue.
  [[nodiscard]] QueueProxy Queue(std::int64_t maxsize = 0) const;
  /// A queue; every managed queue has `task_done` and `join`.
  [[nodiscard]] QueueProxy JoinableQueue(std::int64_t maxsize = 0) const;
  /// A lock.
  [[nodiscard]] AcquirerProxy Lock() const;
  /// A lock that its owner may take several times.
  [[nodiscard]] AcquirerProxy RLock() const;
  /// A semaphore.
  [[nodiscard]] AcquirerProxy Semaphore(std::int64_t value = 1) const;
  /// A semaphore that cannot be released beyond `value`.
  [[nodiscard]] AcquirerProxy BoundedSemaphore(std::int64_t value = 1) const;
  /// A condition with a lock of its own.
  [[nodiscard]] ConditionProxy Condition() const;
  /// An event.
  [[nodiscard]] EventProxy Event() const;
  /// A barrier.
  [[nodiscard]] BarrierProxy Barrier(std::int64_t parties) const;
  // NOLINTEND(readability-identifier-naming)
};

}  // namespace progeny::multiprocessing::managers

namespace progeny::multiprocessing {

using managers::SyncManager;

/// A manager whose server has been started.
/// - Python: `multiprocessing.Manager`.
/// - Throws: as `BaseManager::start`.
[[nodiscard]] PROGENY_EXPORT SyncManager Manager(managers::ManagerOptions options = {});

}  // namespace progeny::multiprocessing
