#include "multiprocessing/start/spawn.hpp"

#include "multiprocessing/process/popen.hpp"
#include "multiprocessing/start/worker_mark.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/launch/launch.hpp"
#include "platform/memory/memory_file.hpp"
#include "platform/process/per_process.hpp"
#include "platform/process/process_end.hpp"
#include "platform/program/program.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/base/path_like.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/multiprocessing/spawn.hpp>
#include <progeny/serial.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace progeny::multiprocessing {

namespace detail {

namespace {

struct Executable {
  std::mutex mutex;                 ///< Guards what follows.
  std::optional<std::string> path;  ///< What `set_executable` was given.
};

Executable& executable() {
  return platform::PerProcess<Executable>::get();
}

// What `set_executable` was given.
std::optional<std::string> chosen_executable() {
  const std::lock_guard lock(executable().mutex);
  return executable().path;
}

// The program and the arguments of a worker that reads `file`.
void set_command(platform::LaunchRequest& request, native_handle file) {
  auto arguments = worker_arguments(file);
  if (auto path = chosen_executable()) {
    request.program = std::move(*path);
    request.arguments = std::move(arguments);
    return;
  }
  require_way_in();
  auto command = platform::restart_command(std::move(arguments));
  request.program = std::move(command.program);
  request.arguments = std::move(command.arguments);
}

std::vector<int> numbers_of(const std::vector<native_handle>& handles) {
  std::vector<int> numbers;
  numbers.reserve(handles.size() + 1);
  for (const native_handle handle : handles) {
    numbers.push_back(static_cast<int>(platform::number_of(handle)));
  }
  return numbers;
}

}  // namespace

std::shared_ptr<OwnChild> start_worker(WorkerRole role, const std::vector<native_handle>& handles) {
  const WorkerData data{.role = std::move(role), .handles = numbers_of(handles)};
  const Handle file = platform::make_memory_file("progeny-start", serial::to_bytes(data));
  platform::LaunchRequest request;
  set_command(request, file.get());
  request.streams.fill(Handle::none());
  request.restore_signals = false;  // As in Python, the child has the dispositions of its parent.
  request.kept = data.handles;
  request.kept.push_back(static_cast<int>(platform::number_of(file.get())));
  platform::flush_streams();  // What the parent has buffered comes before what the child writes.
  auto outcome = platform::launch(request);
  if (outcome.failed != platform::LaunchStep::none) {
    throw OSError(outcome.error, platform::name_of(outcome.failed), request.program);
  }
  return std::make_shared<OwnChild>(outcome.pid, std::move(outcome.process));
}

}  // namespace detail

void set_executable(const PathLike& executable) {
  auto& chosen = detail::executable();
  const std::lock_guard lock(chosen.mutex);
  chosen.path = executable.string();
}

}  // namespace progeny::multiprocessing
