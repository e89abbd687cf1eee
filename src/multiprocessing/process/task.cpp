#include <progeny/multiprocessing/detail/task.hpp>

#include <progeny/base/errors.hpp>
#include <progeny/serial.hpp>
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

void write_function(serial::Writer& writer, const serial::Function& function) {
  const bool is_null = function.callee == nullptr;
  writer.write(is_null ? std::string() : serial::to_bytes(serial::token_of(function)));
}

serial::CodeAddress read_function(serial::Reader& reader) {
  const auto token = reader.read<std::string>();
  if (token.empty()) {
    return nullptr;
  }
  const bool is_trusted = reader.origin() == serial::Origin::parent;
  return serial::find(serial::token_from_bytes(token),
                      {.load_modules = is_trusted, .only_registered = !is_trusted})
      .callee;
}

}  // namespace progeny::multiprocessing::detail
