#include <progeny/multiprocessing/detail/task.hpp>

#include <progeny/base/errors.hpp>
#include <progeny/serial/function.hpp>
#include <progeny/serial/message.hpp>

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::detail {

void throw_cannot_travel(const char* what, const std::string& type) {
  throw RuntimeError(fmt::format(
      "{} {} cannot travel to a process that is not a copy of this one; give the function what it "
      "needs as arguments that are serial::Transferable, or start the process by fork",
      what,
      type));
}

// Only start data of this process's parent come here. So a module may be loaded.
void run_token(std::string_view token, serial::Incoming arguments) {
  const serial::Function function =
      serial::find(serial::token_from_bytes(token), {.load_modules = true});
  serial::entry_of<TaskEntry> (*function.descriptor)(function.callee, std::move(arguments));
}

}  // namespace progeny::multiprocessing::detail
