// The start method `spawn`: the child is this program, started anew.

#include "multiprocessing/process/popen.hpp"
#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/start/child_handles.hpp"
#include "multiprocessing/start/spawn.hpp"
#include "multiprocessing/start/start_data.hpp"
#include "multiprocessing/start/start_method.hpp"

#include <progeny/multiprocessing/process.hpp>

#include <memory>
#include <utility>

namespace progeny::multiprocessing::detail {

StartedChild popen_spawn(Process& process, const std::shared_ptr<ProcessCore>& core) {
  PreparedChild prepared = prepare(process, *core, StartMethod::spawn);
  return hand_over(prepared, [&] {
    return start_worker(std::move(prepared.data), pack(handles_for_child(prepared.handles)));
  });
}

}  // namespace progeny::multiprocessing::detail
