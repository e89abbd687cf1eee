#include <progeny/multiprocessing/detail/task.hpp>

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <utility>

namespace progeny::multiprocessing::detail {

void throw_cannot_travel(const char* what, const std::string& type) {
  throw RuntimeError(fmt::format(
      "{} {} cannot travel to a process that is no copy of this one; give the function what it "
      "needs as arguments that are serial::Transferable, or start the process by fork",
      what,
      type));
}

void run_token(std::string_view token, serial::Incoming arguments) {
  const serial::Function function =
      serial::find(serial::token_from_bytes(token), {.load_modules = true});
  serial::entry_of<TaskEntry> (*function.descriptor)(function.callee, std::move(arguments));
}

Preload::Preload(void (*function)())
    : token_(serial::to_bytes(serial::token_of(plain_function(function)))) {}

Preload::Preload(const char* name) {
  constexpr void (*of_this_type)() = nullptr;
  serial::FunctionToken token;
  token.name = name;
  token.type_hash = plain_function(of_this_type).descriptor->type_hash;
  token_ = serial::to_bytes(token);
}

}  // namespace progeny::multiprocessing::detail
