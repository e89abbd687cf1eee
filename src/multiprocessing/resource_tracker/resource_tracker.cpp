#include "multiprocessing/resource_tracker/resource_tracker.hpp"

#include "base/deadline.hpp"
#include "base/log.hpp"
#include "base/made_early.hpp"
#include "platform/host/environment.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/launch/launch.hpp"
#include "platform/process/child.hpp"
#include "platform/process/fork.hpp"
#include "platform/program/program.hpp"
#include "platform/system/signals.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// A tracker that is there in time at all is there at once; these are for machines that are busy.
constexpr std::chrono::seconds longest_start{30};
constexpr std::chrono::seconds longest_write{30};

constexpr const char* cannot_start =
    "no resource tracker can be started, which would remove the name of shared memory should this "
    "process be killed; with .track = false nobody does";

// Never destroyed: objects of static storage may need it.
struct Tracking {
  std::mutex mutex;  ///< Guards what follows.
  platform::RecordPipe line;
  bool has_met = false;         ///< Whether there has been a tracker.
  std::set<TrackedName> names;  ///< What this process itself has had tracked.
};

Tracking& tracking() {
  static Tracking& only = []() -> Tracking& {
    auto& made = *new Tracking;
    // A copy of this process has the line, and no names of its own.
    platform::on_fork({.before = []() noexcept { tracking().mutex.lock(); },
                       .after_in_parent = []() noexcept { tracking().mutex.unlock(); },
                       .after_in_child =
                           []() noexcept {
                             tracking().names.clear();
                             tracking().mutex.unlock();
                           }});
    return made;
  }();
  return only;
}

const progeny::detail::MadeEarly early(tracking);

// With the mutex held, as all that follow. Numbers that the host has closed are not ours to close.
platform::RecordPipe& line_of(Tracking& own) {
  if (own.line.identity != 0 && !platform::is_intact(own.line)) {
    static_cast<void>(own.line.read_end.release());
    static_cast<void>(own.line.write_end.release());
    own.line.identity = 0;
    own.has_met = false;
  }
  if (own.line.identity == 0) {
    own.line = platform::make_record_pipe();
  }
  return own.line;
}

void write(Tracking& own, TrackerRecord::Operation operation, const TrackedName& name) {
  TrackerRecord record{.operation = operation,
                       .size = static_cast<std::uint32_t>(name.name.size()),
                       .device = name.memory.first,
                       .inode = name.memory.second};
  std::ranges::copy(name.name, record.name.begin());
  platform::write_record(own.line.write_end.get(),
                         {reinterpret_cast<const char*>(&record), sizeof record},
                         progeny::detail::Deadline(longest_write));
}

// Returns whether a tracker was started, or found to be there already. The process that is started
// leaves as soon as its copy is the tracker, so that the host has no child that stays.
bool launch_tracker(native_handle read_end) {
  platform::LaunchRequest request;
  request.program = platform::restart_path();
  request.arguments = tracker_arguments(read_end);
  request.folder = "/";
  request.environment = platform::environment_with(place_of_tracker());
  request.new_session = true;
  request.kept = {static_cast<int>(platform::number_of(read_end))};
  const Handle null = platform::open_null_device();
  request.streams = {null.get(), null.get(), Handle::none()};
  auto outcome = platform::launch(request);
  if (outcome.failed != platform::LaunchStep::none) {
    throw OSError(outcome.error, platform::name_of(outcome.failed), request.program);
  }
  platform::Child starter(outcome.pid, std::move(outcome.process));
  const progeny::detail::Deadline deadline(longest_start);
  if (starter.wait(deadline) != platform::WaitEnd::exited) {
    static_cast<void>(starter.send_signal(platform::signal_kill()));
    static_cast<void>(starter.wait(progeny::detail::Deadline()));
  }
  return platform::has_reader(read_end);
}

void ensure_running(Tracking& own) {
  const auto& line = line_of(own);
  if (platform::has_reader(line.read_end.get())) {
    own.has_met = true;
    return;
  }
  if (own.has_met) {
    progeny::detail::log_warning(
        "resource_tracker: process died unexpectedly, relaunching. Some names might leak.");
    own.has_met = false;
  }
  if (!launch_tracker(line.read_end.get())) {
    throw RuntimeError(cannot_start);
  }
  own.has_met = true;
  for (const auto& name : own.names) {
    write(own, TrackerRecord::Operation::add, name);
  }
}

}  // namespace

void track(const TrackedName& name) {
  if (name.name.size() > TrackerRecord{}.name.size()) {
    throw ValueError("the name is too long to be tracked");
  }
  auto& own = tracking();
  const std::lock_guard lock(own.mutex);
  ensure_running(own);
  write(own, TrackerRecord::Operation::add, name);
  own.names.insert(name);
}

// A tracker that has died knows of nothing any more.
void untrack(const TrackedName& name) {
  auto& own = tracking();
  const std::lock_guard lock(own.mutex);
  own.names.erase(name);
  if (own.line.identity != 0 && platform::is_intact(own.line) &&
      platform::has_reader(own.line.read_end.get())) {
    write(own, TrackerRecord::Operation::remove, name);
  }
}

std::array<native_handle, handles_of_tracker_line> own_tracker_line() {
  auto& own = tracking();
  const std::lock_guard lock(own.mutex);
  const auto& line = line_of(own);
  return {line.read_end.get(), line.write_end.get()};
}

void take_over_tracker_line(Handle read_end, Handle write_end) {
  auto& own = tracking();
  const std::lock_guard lock(own.mutex);
  own.line = platform::take_record_pipe(std::move(read_end), std::move(write_end));
}

}  // namespace progeny::multiprocessing::detail
