// The start method `spawn`.

#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "multiprocessing/start/spawn.hpp"
#include "platform/process/sentinel.hpp"

#include <memory>
#include <utility>

namespace progeny::multiprocessing::detail {

std::shared_ptr<Popen> popen_spawn(Process& process, const std::shared_ptr<ProcessCore>& core) {
  Departure departure = prepare(process, *core, StartMethod::spawn);
  auto handles = departure.handles;
  const auto line = own_tracker_line();
  handles.insert(handles.end(), line.begin(), line.end());
  handles.push_back(platform::own_sentinel());
  return send_off(departure, [&] {
    return start_worker({.role = WorkerRole::child, .child = std::move(departure.data)}, handles);
  });
}

}  // namespace progeny::multiprocessing::detail
