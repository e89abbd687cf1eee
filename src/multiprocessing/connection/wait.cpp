#include <progeny/multiprocessing/connection/wait.hpp>

#include "base/deadline.hpp"
#include "platform/io/readable.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

namespace progeny::multiprocessing::connection {

std::vector<std::size_t> wait(std::span<const Waitable> objects, const Timeout& timeout) {
  const progeny::detail::Deadline deadline(timeout);
  std::vector<native_handle> handles;
  handles.reserve(objects.size());
  for (const Waitable& object : objects) {
    handles.push_back(object.handle());
  }
  return platform::all_readable(handles, deadline);
}

std::vector<std::size_t> wait(std::initializer_list<Waitable> objects, const Timeout& timeout) {
  return wait(std::span<const Waitable>(objects.begin(), objects.size()), timeout);
}

}  // namespace progeny::multiprocessing::connection
