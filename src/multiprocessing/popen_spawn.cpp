// The start method `spawn`.

#include "multiprocessing/spawn.hpp"
#include "platform/lifeline.hpp"

#include <memory>
#include <utility>

namespace progeny::multiprocessing::detail {

std::shared_ptr<Popen> popen_spawn(Process& process, const std::shared_ptr<ProcessCore>& core) {
  Departure departure = prepare(process, *core, StartMethod::spawn);
  auto handles = departure.handles;
  handles.push_back(platform::own_lifeline());
  return send_off(departure, [&] {
    return start_worker({.role = WorkerRole::child, .child = std::move(departure.data)}, handles);
  });
}

}  // namespace progeny::multiprocessing::detail
