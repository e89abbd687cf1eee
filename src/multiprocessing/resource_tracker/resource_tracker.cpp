#include "multiprocessing/resource_tracker/resource_tracker.hpp"

#include "base/deadline.hpp"
#include "base/log.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/ipc/socket.hpp"
#include "platform/launch/launch.hpp"
#include "platform/process/child.hpp"
#include "platform/process/per_process.hpp"
#include "platform/program/program.hpp"
#include "platform/system/signals.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/detail/config.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// Starting and writing take microseconds. The limits are for machines that are overloaded.
constexpr std::chrono::seconds longest_start{30};
constexpr std::chrono::seconds longest_write{30};

constexpr const char* cannot_start =
    "cannot start the resource tracker, which removes the names of shared memory after this "
    "process has been killed; .track = false does without it";

struct Tracking {
  std::mutex mutex;  ///< Guards what follows.
  platform::RecordPipe line;
  bool has_met = false;         ///< Whether this process has seen a tracker at the line.
  std::set<TrackedName> names;  ///< The names that this process has had tracked.

  // The copied line is the child's, too. The names are the parent's.
  void after_fork_in_child() noexcept { names.clear(); }
};

Tracking& tracking() {
  return platform::PerProcess<Tracking>::get();
}

// The line of this process, made if there is none. Called with the mutex held, like all functions
// below that take a Tracking. A host that becomes a daemon closes every descriptor; then the line
// is forgotten, and the numbers, which may be the host's by now, are not closed again.
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

// Returns whether the line has a reader now. The tracker is a grandchild: the child that this
// starts forks it and ends, so that the host does not get a child that it has not asked for.
bool launch_tracker(native_handle read_end) {
  platform::LaunchRequest request;
  auto command = platform::restart_command(tracker_arguments(read_end));
  request.program = std::move(command.program);
  request.arguments = std::move(command.arguments);
  request.folder = "/";  // The tracker must not keep a file system from being unmounted.
  request.environment = platform::environment_with(place_of_tracker());
  request.new_session = true;
  request.kept = {static_cast<int>(platform::number_of(read_end))};
  // The tracker keeps stderr alone, for its report.
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

// Whether a tracker reads the line. With the mutex held.
//
// A line without a reader has had none yet, or its tracker has died. Only the latter is worth a
// warning: other processes of the family do not tell their names again.
bool is_running(Tracking& own) {
  if (platform::has_reader(line_of(own).read_end.get())) {
    return true;
  }
  if (own.has_met) {
    progeny::detail::log_warning(
        "resource_tracker: process died unexpectedly, relaunching. Some names might leak.");
    own.has_met = false;
  }
  return false;
}

// Tells a tracker that this process has not met the names that it had tracked before. With the
// mutex held.
void meet(Tracking& own) {
  if (!std::exchange(own.has_met, true)) {
    for (const auto& name : own.names) {
      write(own, TrackerRecord::Operation::add, name);
    }
  }
}

// A copy of the reading end, so that the line may be replaced meanwhile.
Handle line_for_tracker() {
  auto& own = tracking();
  const std::lock_guard lock(own.mutex);
  return is_running(own) ? Handle() : platform::duplicate(line_of(own).read_end.get());
}

// No lock is held while a tracker is launched: the launch may fork, and a fork takes the mutex. Two
// threads may launch one each; then one of them ends at once.
void ensure_running() {
  if (const Handle line = line_for_tracker(); line && !launch_tracker(line.get())) {
    throw RuntimeError(cannot_start);
  }
}

}  // namespace

void track(const TrackedName& name) {
  if (name.name.size() > TrackerRecord{}.name.size()) {
    throw ValueError("the name is too long to be tracked");
  }
  ensure_running();
  auto& own = tracking();
  const std::lock_guard lock(own.mutex);
  static_cast<void>(line_of(own));
  meet(own);
  write(own, TrackerRecord::Operation::add, name);
  own.names.insert(name);  // Last: if the record cannot be written, nothing is tracked.
}

// Without a reader there is nothing to tell: a tracker that starts later gets `names`.
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
