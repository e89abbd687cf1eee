// The side of a process that `spawn` or the forkserver has started: how it becomes what its parent
// wants. Only this file knows both ways.
//
//     by `spawn`        freeze_support -> WorkerData -> child, or forkserver
//     by the forkserver              fork -> StartRequest -> child

#include "multiprocessing/process/exit_callbacks.hpp"
#include "multiprocessing/start/child_handles.hpp"
#include "multiprocessing/start/forkserver.hpp"
#include "multiprocessing/start/forkserver_protocol.hpp"
#include "multiprocessing/start/forkserver_server.hpp"
#include "multiprocessing/start/spawn.hpp"
#include "multiprocessing/start/start_data.hpp"
#include "multiprocessing/start/worker_mark.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/memory/memory_file.hpp"
#include "platform/process/process_end.hpp"
#include "platform/system/signals.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/multiprocessing/spawn.hpp>
#include <progeny/serial.hpp>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace progeny::multiprocessing {

namespace detail {

namespace {

// Calls `act`. If it throws, ends this process with a sentence on stderr.
template <class Act>
void or_end(const char* failed, const Act& act) noexcept {
  try {
    act();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "progeny: %s: %s\n", failed, error.what());
    platform::leave(1);
  }
}

// Closes the file, which must not stay open for as long as the child lives.
template <class Data>
Data data_in(Handle file) {
  return serial::from_bytes<Data>(platform::content_of(file.get()));
}

// In a copy of the forkserver. Folder and signals are those of the server so far.
void become_served_child(StartRequest<Handle> request) noexcept {
  or_end("a child of the forkserver cannot start", [&request] {
    auto data = data_in<StartData>(std::move(request.data));
    take_over_forkserver(std::move(request.request_end));
    platform::accept_interrupt();
    platform::reap_as_before();
    std::error_code ignored;  // The parent's folder may have been removed.
    std::filesystem::current_path(data.folder, ignored);
    run_child(std::move(data), std::move(request.child), after_fork_hooks());
  });
}

std::vector<Handle> inherited(const std::vector<int>& numbers) {
  std::vector<Handle> handles;
  handles.reserve(numbers.size());
  for (const int number : numbers) {
    handles.push_back(platform::take_inherited(number));
  }
  return handles;
}

[[noreturn]] void work_as(StartData data, std::vector<Handle> handles) {
  run_child(std::move(data), unpack(std::move(handles)));
}

[[noreturn]] void work_as(const ServerData& data, std::vector<Handle> handles) {
  serve(data, std::move(handles.at(0)), become_served_child);
}

// The file is garbage if it was not a parent of ours that started this process.
WorkerData read_data(native_handle file) noexcept {
  WorkerData data;
  or_end("a worker cannot read what it is to do",
         [&data, file] { data = data_in<WorkerData>(Handle(file)); });
  return data;
}

void work(WorkerData data) noexcept {
  or_end("a worker cannot start", [&data] {
    auto handles = inherited(data.handles);
    std::visit([&handles](auto& role) { work_as(std::move(role), std::move(handles)); }, data.role);
  });
}

}  // namespace

}  // namespace detail

void freeze_support() {
  detail::program_has_entered();
  if (const auto file = detail::worker_data()) {
    detail::work(detail::read_data(*file));
  }
}

}  // namespace progeny::multiprocessing
