#include <progeny/multiprocessing/managers/manager.hpp>

#include "multiprocessing/managers/link.hpp"
#include "multiprocessing/managers/wire.hpp"
#include "platform/process/child.hpp"
#include "platform/system/signals.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/errors.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/multiprocessing/system_exit.hpp>

#include <fmt/core.h>

#include <atomic>
#include <exception>
#include <utility>

namespace progeny::multiprocessing::managers {

namespace {

using pickle::Value;

std::string next_name() {
  static std::atomic<unsigned> count = 0;
  return fmt::format("SyncManager-{}", ++count);
}

std::string default_key(const std::optional<std::string>& given) {
  return given ? *given : current_process().authkey();
}

// Runs in the child. The first message is empty, and the address follows; or it says what went
// wrong.
void serve(const Registry& registry,
           const ManagerOptions& options,
           const std::string& authkey,
           const std::function<void()>& initializer,
           connection::Connection ready) {
  platform::ignore_interrupt();
  std::optional<Server> server;
  try {
    if (initializer) {
      initializer();
    }
    server.emplace(registry, options.address, authkey);
  } catch (const std::exception& error) {
    ready.send(std::string(error.what()));
    throw SystemExit(1);
  }
  const connection::Address& address = server->address();
  ready.send(std::string());
  ready.send(address.path());
  ready.send(address.host());
  ready.send(static_cast<int>(address.port()));
  ready.close();
  server->serve_forever();
}

}  // namespace

struct BaseManager::State {
  explicit State(ManagerOptions given)
      : options(std::move(given)), authkey(default_key(options.authkey)) {}

  ManagerOptions options;
  std::string authkey;
  Registry registry;
  std::shared_ptr<detail::Link> link;  // Null before the start, and after the end.
  std::optional<Process> process;
  int owner = platform::current_pid();  // The process that may end the server.
  bool was_shut_down = false;
};

BaseManager::BaseManager(ManagerOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}

BaseManager::BaseManager(BaseManager&& other) noexcept = default;

BaseManager& BaseManager::operator=(BaseManager&& other) noexcept {
  if (this != &other) {
    shutdown();
    state_ = std::move(other.state_);
  }
  return *this;
}

BaseManager::~BaseManager() {
  shutdown();
}

Registry& BaseManager::registry() {
  if (state_ == nullptr) {
    throw UsageError("the manager was moved away");
  }
  return state_->registry;
}

void BaseManager::start(const std::function<void()>& initializer) {
  static_cast<void>(registry());
  State& state = *state_;
  if (state.was_shut_down || state.link != nullptr) {
    throw ProcessError(state.was_shut_down ? "the manager has shut down"
                                           : "the manager was started or connected before");
  }
  auto [mine, its] = connection::Pipe(false);
  Process process = get_context("fork").Process(
      {.name = next_name(), .daemon = false, .die_with_parent = true},
      [&state, &initializer, ready = std::make_shared<connection::Connection>(std::move(its))] {
        serve(state.registry, state.options, state.authkey, initializer, std::move(*ready));
      });
  process.start();
  state.process = std::move(process);
  std::string failure = "the server ended before it could serve";
  try {
    failure = mine.recv<std::string>();
    if (failure.empty()) {
      const auto path = mine.recv<std::string>();
      const auto host = mine.recv<std::string>();
      const auto port = mine.recv<int>();
      state.link = std::make_shared<detail::Link>(
          path.empty() ? connection::Address(host, port) : connection::Address(path),
          state.authkey);
      return;
    }
  } catch (const EOFError&) {  // NOLINT(bugprone-empty-catch): `failure` says so.
  }
  state.process->join();
  state.process.reset();
  throw RuntimeError("the manager's server could not start: " + failure);
}

Server BaseManager::get_server() {
  static_cast<void>(registry());
  if (state_->was_shut_down || state_->link != nullptr) {
    throw ProcessError("the manager was started, connected or shut down before");
  }
  return {state_->registry, state_->options.address, state_->authkey};
}

void BaseManager::connect() {
  static_cast<void>(registry());
  if (!state_->options.address) {
    throw UsageError("a manager without an address cannot connect");
  }
  auto link = std::make_shared<detail::Link>(*state_->options.address, state_->authkey);
  link->ask("dummy");
  state_->link = std::move(link);
}

void BaseManager::shutdown() noexcept {
  if (state_ == nullptr || !state_->process || state_->owner != platform::current_pid()) {
    return;
  }
  Process process = std::move(*state_->process);
  state_->process.reset();
  state_->was_shut_down = true;
  try {
    const std::shared_ptr<detail::Link> link = std::exchange(state_->link, nullptr);
    if (process.is_alive()) {
      try {
        link->ask_to_end(state_->options.shutdown_timeout);
      } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the rest ends it.
      }
    }
    if (!process.join(state_->options.shutdown_timeout)) {
      process.terminate();
    }
    if (!process.join(state_->options.shutdown_timeout)) {
      process.kill();
    }
    process.join();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it has been reaped elsewhere.
  }
}

BaseManager::State& BaseManager::started() const {
  if (state_ == nullptr || state_->link == nullptr) {
    throw UsageError(
        "the manager has no server: it was not started or connected, or was shut down");
  }
  return *state_;
}

const connection::Address& BaseManager::address() const {
  return started().link->address();
}

std::optional<int> BaseManager::pid() const {
  return state_ != nullptr && state_->process ? state_->process->pid() : std::nullopt;
}

BaseProxy BaseManager::create(std::string_view typeid_name,
                              std::vector<Value> args,
                              std::vector<Value::Pair> kwds) const {
  const std::shared_ptr<detail::Link>& link = started().link;
  args.insert(args.begin(), Value(typeid_name));
  const Value made = link->ask("create", std::move(args), std::move(kwds));
  return BaseProxy(std::make_shared<detail::Referent>(link,
                                                      std::string(typeid_name),
                                                      std::string(made.at_index(0).as_text()),
                                                      detail::names_from(made.at_index(1))));
}

BaseProxy BaseManager::rebuild(const Value& value) const {
  return detail::rebuild(started().link, value);
}

std::int64_t BaseManager::number_of_objects() const {
  return started().link->ask("number_of_objects").as_int();
}

std::string BaseManager::debug_info() const {
  return std::string(started().link->ask("debug_info").as_text());
}

SyncManager::SyncManager(ManagerOptions options) : BaseManager(std::move(options)) {
  registry().register_standard_types();
}

ListProxy SyncManager::list(std::vector<pickle::Value> items) const {
  return ListProxy(create("list", {pickle::Value::list(std::move(items))}));
}
DictProxy SyncManager::dict(std::vector<pickle::Value::Pair> items) const {
  return DictProxy(create("dict", {pickle::Value::dict(std::move(items))}));
}
NamespaceProxy SyncManager::Namespace() const {
  return NamespaceProxy(create("Namespace"));
}
ValueProxy SyncManager::Value(std::string_view typecode, const pickle::Value& value) const {
  return ValueProxy(create("Value", {typecode, value}));
}
ArrayProxy SyncManager::Array(std::string_view typecode, std::vector<pickle::Value> items) const {
  return ArrayProxy(create("Array", {typecode, pickle::Value::list(std::move(items))}));
}
QueueProxy SyncManager::Queue(std::int64_t maxsize) const {
  return QueueProxy(create("Queue", {maxsize}));
}
QueueProxy SyncManager::JoinableQueue(std::int64_t maxsize) const {
  return QueueProxy(create("JoinableQueue", {maxsize}));
}
AcquirerProxy SyncManager::Lock() const {
  return AcquirerProxy(create("Lock"));
}
AcquirerProxy SyncManager::RLock() const {
  return AcquirerProxy(create("RLock"));
}
AcquirerProxy SyncManager::Semaphore(std::int64_t value) const {
  return AcquirerProxy(create("Semaphore", {value}));
}
AcquirerProxy SyncManager::BoundedSemaphore(std::int64_t value) const {
  return AcquirerProxy(create("BoundedSemaphore", {value}));
}
ConditionProxy SyncManager::Condition() const {
  return ConditionProxy(create("Condition"));
}
EventProxy SyncManager::Event() const {
  return EventProxy(create("Event"));
}
BarrierProxy SyncManager::Barrier(std::int64_t parties) const {
  return BarrierProxy(create("Barrier", {parties}));
}

}  // namespace progeny::multiprocessing::managers

namespace progeny::multiprocessing {

SyncManager Manager(managers::ManagerOptions options) {
  SyncManager manager(std::move(options));
  manager.start();
  return manager;
}

}  // namespace progeny::multiprocessing
