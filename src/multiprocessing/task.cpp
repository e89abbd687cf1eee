#include <progeny/multiprocessing/detail/task.hpp>

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

namespace progeny::multiprocessing::detail {

void throw_cannot_travel(const char* what, const std::string& type) {
  throw RuntimeError(fmt::format(
      "{} {} cannot travel to a process that is no copy of this one; give the function what it "
      "needs as arguments that are serial::Transferable, or start the process by fork",
      what,
      type));
}

Preload::Preload(void (*function)()) : place_(serial::place_of(function)) {}

Preload::Preload(const char* name) : place_(serial::to_bytes(serial::detail::registered(name))) {}

}  // namespace progeny::multiprocessing::detail
