#include "multiprocessing/start/spawn.hpp"

#include "base/made_early.hpp"
#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "multiprocessing/start/bootstrap.hpp"
#include "multiprocessing/start/forkserver.hpp"
#include "multiprocessing/start/worker_mark.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/launch/launch.hpp"
#include "platform/memory/memory_file.hpp"
#include "platform/process/fork.hpp"
#include "platform/process/process_end.hpp"
#include "platform/program/program.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/spawn.hpp>
#include <progeny/serial.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <mutex>
#include <optional>
#include <utility>

namespace progeny::multiprocessing {

namespace detail {

namespace {

struct Executable {
  std::mutex mutex;
  std::optional<std::string> path;  ///< What the user wants instead of this program's file.
};

std::mutex& mutex_of_executable() noexcept;

Executable& executable() {
  static auto* const chosen = [] {
    platform::hold_across_forks<mutex_of_executable>();
    return new Executable;
  }();
  return *chosen;
}

const progeny::detail::MadeEarly early(executable);

std::mutex& mutex_of_executable() noexcept {
  return executable().mutex;
}

std::string path_of_executable() {
  const std::lock_guard lock(executable().mutex);
  return executable().path.value_or(platform::restart_path());
}

std::vector<int> numbers_of(const std::vector<native_handle>& handles) {
  std::vector<int> numbers;
  numbers.reserve(handles.size() + 1);
  for (const native_handle handle : handles) {
    numbers.push_back(static_cast<int>(platform::number_of(handle)));
  }
  return numbers;
}

// The handles came with the process under the numbers that the parent wrote down.
std::vector<Handle> inherited(const std::vector<int>& numbers) {
  std::vector<Handle> handles;
  handles.reserve(numbers.size());
  for (const int number : numbers) {
    handles.push_back(platform::take_inherited(number));
  }
  return handles;
}

[[noreturn]] void work(WorkerData data) noexcept {
  if (data.role == WorkerRole::forkserver) {
    serve(data.server, inherited(data.server.numbers));
  }
  auto handles = inherited(data.child.numbers);
  const native_handle lifeline = handles.back().release();
  handles.pop_back();
  const auto line = handles.end() - handles_of_tracker_line;
  take_over_tracker_line(std::move(line[0]), std::move(line[1]));
  handles.erase(line, handles.end());
  live_by(std::move(data.child), std::move(handles), lifeline);
}

// What cannot be read is an error of the parent's, or of a stranger who imitates it.
std::optional<WorkerData> read_data(native_handle file) noexcept {
  try {
    const Handle owner(file);
    return serial::from_bytes<WorkerData>(platform::content_of(file));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "progeny: a worker cannot read what it is to do: %s\n", error.what());
    return std::nullopt;
  }
}

}  // namespace

std::shared_ptr<OwnChild> start_worker(WorkerData data, const std::vector<native_handle>& handles) {
  (data.role == WorkerRole::child ? data.child.numbers : data.server.numbers) = numbers_of(handles);
  const Handle file = platform::make_memory_file("progeny-start", serial::to_bytes(data));
  platform::LaunchRequest request;
  request.program = path_of_executable();
  request.arguments = worker_arguments(file.get());
  request.streams.fill(Handle::none());
  request.restore_signals = false;
  request.kept = numbers_of(handles);
  request.kept.push_back(static_cast<int>(platform::number_of(file.get())));
  platform::flush_streams();
  auto outcome = platform::launch(request);
  if (outcome.failed != platform::LaunchStep::none) {
    throw OSError(outcome.error, platform::name_of(outcome.failed), request.program);
  }
  return std::make_shared<OwnChild>(outcome.pid, std::move(outcome.process));
}

}  // namespace detail

void freeze_support(int /*argc*/, const char* const* /*argv*/) {
  const auto file = detail::worker_data();
  if (!file) {
    return;
  }
  detail::worker_has_entered();
  auto data = detail::read_data(*file);
  if (!data) {
    platform::leave(1);
  }
  detail::work(std::move(*data));
}

void set_executable(const PathLike& executable) {
  auto& chosen = detail::executable();
  const std::lock_guard lock(chosen.mutex);
  chosen.path = executable.string();
}

}  // namespace progeny::multiprocessing
