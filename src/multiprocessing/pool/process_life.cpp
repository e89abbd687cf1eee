// Workers that are processes.

#include "multiprocessing/pool/serve_tasks.hpp"
#include "multiprocessing/pool/shared_transport.hpp"
#include "multiprocessing/pool/transport.hpp"
#include "multiprocessing/pool/worker_life.hpp"
#include "platform/system/signals.hpp"

#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/serial.hpp>
#include <progeny/serial/function.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

// An initializer that came from another process: its token and its encoded arguments.
class TravelledTask : public Task {
 public:
  TravelledTask(std::string token, std::string bytes, std::vector<Handle> handles)
      : token_(std::move(token)), bytes_(std::move(bytes)), handles_(std::move(handles)) {}
  void run() override {
    run_token(token_,
              {.bytes = bytes_, .handles = std::move(handles_), .origin = serial::Origin::parent});
  }
  [[nodiscard]] serial::Function function() const override { return {}; }
  [[nodiscard]] serial::Outgoing arguments() const override { return {}; }
  [[nodiscard]] bool may_share_memory() const noexcept override { return true; }

 private:
  std::string token_;
  std::string bytes_;
  std::vector<Handle> handles_;
};

}  // namespace

/// What a worker's process gets. A forked one has copies of the members.
struct PoolWorkerMain {
  std::shared_ptr<WorkerPort> port;
  WorkerSetup setup;
};

}  // namespace progeny::multiprocessing::detail

namespace progeny::serial {

template <>
struct Codec<multiprocessing::detail::PoolWorkerMain> {
  static void save(Writer& writer, const multiprocessing::detail::PoolWorkerMain& value) {
    value.port->save(writer);
    writer.write(value.setup.most_tasks);
    writer.write(value.setup.initializer != nullptr);
    if (value.setup.initializer) {
      writer.write(to_bytes(token_of(value.setup.initializer->function())));
      Outgoing arguments = value.setup.initializer->arguments();
      writer.write(arguments.bytes);
      writer.write(static_cast<std::uint32_t>(arguments.handles.size()));
      for (const native_handle handle : arguments.handles) {
        writer.write(writer.add_handle(handle));
      }
      // The worker has them from now on. One that cannot be started leaves them taken.
      arguments.claims.mark_sent();
    }
  }
  static multiprocessing::detail::PoolWorkerMain load(Reader& reader) {
    multiprocessing::detail::PoolWorkerMain made;
    made.port = multiprocessing::detail::load_port(reader);
    made.setup.most_tasks = reader.read<std::uint64_t>();
    if (reader.read<bool>()) {
      auto token = reader.read<std::string>();
      auto bytes = reader.read<std::string>();
      std::vector<Handle> handles(reader.read<std::uint32_t>());
      for (Handle& handle : handles) {
        handle = reader.take_handle(reader.read<std::uint32_t>());
      }
      made.setup.initializer = std::make_shared<multiprocessing::detail::TravelledTask>(
          std::move(token), std::move(bytes), std::move(handles));
    }
    return made;
  }
};

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

namespace {

// Ctrl-C goes to all processes of a terminal. The parent decides what becomes of the workers.
void run_worker(const PoolWorkerMain& worker) {
  platform::ignore_interrupt();
  serve_calls(*worker.port, worker.setup);
}

class WorkerProcess : public PoolWorker {
 public:
  explicit WorkerProcess(Process process) : process_(std::move(process)) {}

  [[nodiscard]] native_handle sentinel() const override { return process_.sentinel(); }
  [[nodiscard]] bool has_ended() override { return !process_.is_alive(); }
  [[nodiscard]] std::optional<std::int64_t> exitcode() override { return process_.exitcode(); }
  [[nodiscard]] int pid() const override { return process_.pid().value_or(0); }
  void terminate() noexcept override { send(&Process::terminate); }
  bool kill() noexcept override {
    send(&Process::kill);
    return true;
  }

 private:
  void send(void (Process::*signal)()) noexcept {
    try {
      (process_.*signal)();
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it has ended.
    }
  }

  Process process_;
};

class ProcessLife : public WorkerLife {
 public:
  ProcessLife(WorkerSetup setup, Context context)
      : setup_(std::move(setup)), context_(std::move(context)) {}

  [[nodiscard]] std::unique_ptr<PoolWorker> start(std::shared_ptr<WorkerPort> port) override {
    auto process = context_.Process(
        {.daemon = true}, run_worker, PoolWorkerMain{.port = std::move(port), .setup = setup_});
    process.set_name(named_worker(process.name()));
    process.start();
    return std::make_unique<WorkerProcess>(std::move(process));
  }
  [[nodiscard]] bool makes_copies() const override {
    return context_.get_start_method() == name_of_copying_;
  }
  [[nodiscard]] bool shares_objects() const override { return false; }

 private:
  // `ForkProcess-3` becomes `ForkPoolWorker-3`, as in Python.
  static std::string named_worker(std::string name) {
    const std::string word = "Process";
    if (const auto place = name.find(word); place != std::string::npos) {
      name.replace(place, word.size(), "PoolWorker");
    }
    return name;
  }

  static constexpr const char* name_of_copying_ = "fork";
  WorkerSetup setup_;
  Context context_;
};

}  // namespace

std::unique_ptr<WorkerLife> process_life(WorkerSetup setup, const std::optional<Context>& context) {
  return std::make_unique<ProcessLife>(std::move(setup), context ? *context : get_context());
}

}  // namespace progeny::multiprocessing::detail
