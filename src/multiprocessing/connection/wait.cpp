#include <progeny/multiprocessing/connection/wait.hpp>

#include "base/deadline.hpp"
#include "multiprocessing/stoppable.hpp"
#include "platform/io/readable.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <stop_token>
#include <vector>

namespace progeny::multiprocessing::connection {

std::vector<std::size_t> wait(std::span<const Waitable> objects,
                              const Timeout& timeout,
                              const std::stop_token& stop) {
  std::vector<native_handle> handles;
  handles.reserve(objects.size());
  for (const Waitable& object : objects) {
    handles.push_back(object.handle());
  }
  return detail::stoppable("wait", stop, timeout, [&](const progeny::detail::Deadline& deadline) {
    auto ready = platform::all_readable(handles, deadline);
    if (ready.empty()) {
      detail::throw_if_stopped(deadline, "wait");
    }
    return ready;
  });
}

std::vector<std::size_t> wait(std::initializer_list<Waitable> objects,
                              const Timeout& timeout,
                              const std::stop_token& stop) {
  return wait(std::span<const Waitable>(objects.begin(), objects.size()), timeout, stop);
}

}  // namespace progeny::multiprocessing::connection
