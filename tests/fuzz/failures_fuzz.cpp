// Random bytes in place of an exception, or of the token of a function, from another process. They
// are refused, or give an exception that can be printed.

#include <progeny/serial/exceptions.hpp>
#include <progeny/serial/function.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

namespace serial = progeny::serial;

void try_exception(std::string_view bytes) {
  static_cast<void>(serial::format_exception(serial::decode_exception(bytes)));
}

void try_token(std::string_view bytes) {
  try {
    static_cast<void>(serial::find(serial::token_from_bytes(bytes)));
  } catch (const serial::FunctionNotFound&) {
    return;  // What garbage is to give.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size != 0) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    (data[0] % 2 == 0 ? try_exception : try_token)(bytes.substr(1));
  }
  return 0;
}
