// Workers that are threads.

#include "multiprocessing/pool/serve_tasks.hpp"
#include "multiprocessing/pool/transport.hpp"
#include "multiprocessing/pool/worker_life.hpp"
#include "platform/io/event.hpp"
#include "platform/process/child.hpp"

#include <progeny/detail/config.hpp>

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

class WorkerThread : public PoolWorker {
 public:
  WorkerThread(std::shared_ptr<WorkerPort> port, WorkerSetup setup)
      : port_(std::move(port)), setup_(std::move(setup)), thread_([this] { run(); }) {}
  ~WorkerThread() override { thread_.join(); }

  [[nodiscard]] native_handle sentinel() const override { return end_.handle(); }
  [[nodiscard]] bool has_ended() override { return has_ended_.load(std::memory_order_acquire); }
  [[nodiscard]] std::optional<std::int64_t> exitcode() override { return 0; }
  [[nodiscard]] int pid() const override { return platform::current_pid(); }
  void terminate() noexcept override {}
  bool kill() noexcept override { return false; }

 private:
  // What a thunk throws is answered. Here only the memory can fail, after which nothing works.
  void run() noexcept {
    serve_thunks(*port_, setup_);
    has_ended_.store(true, std::memory_order_release);
    end_.set();
  }

  std::shared_ptr<WorkerPort> port_;
  WorkerSetup setup_;
  platform::Event end_;
  std::atomic<bool> has_ended_{false};  // Pairs with the load in `has_ended`: all is answered.
  std::thread thread_;
};

class ThreadLife : public WorkerLife {
 public:
  explicit ThreadLife(WorkerSetup setup) : setup_(std::move(setup)) {}

  [[nodiscard]] std::unique_ptr<PoolWorker> start(std::shared_ptr<WorkerPort> port) override {
    return std::make_unique<WorkerThread>(std::move(port), setup_);
  }
  [[nodiscard]] bool makes_copies() const override { return true; }
  [[nodiscard]] bool shares_objects() const override { return true; }

 private:
  WorkerSetup setup_;
};

}  // namespace

std::unique_ptr<WorkerLife> thread_life(WorkerSetup setup) {
  return std::make_unique<ThreadLife>(std::move(setup));
}

}  // namespace progeny::multiprocessing::detail
