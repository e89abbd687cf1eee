#include "pickle/machine/output.hpp"

#include "pickle/value/integers.hpp"

#include <progeny/pickle/pickle.hpp>

#include <fmt/format.h>

#include <limits>

namespace progeny::pickle::detail {

Output::Output(int protocol) : protocol_(protocol) {
  if (protocol < 2 || protocol > highest_protocol) {
    throw ValueError(
        fmt::format("pickle protocol must be 2 to {}, and is {}", highest_protocol, protocol));
  }
  with_number<1>(Opcode::proto, static_cast<std::uint64_t>(protocol));
}

void Output::append(std::string_view contents) {
  if (contents.size() <= staged_.size() / 4) {
    contents.copy(room(contents.size()), contents.size());
  } else {
    flush();
    bytes_ += contents;
  }
}

void Output::long_integer(std::int64_t value) {
  big_integer(bytes_of(value));
}

void Output::big_integer(std::string_view bytes) {
  if (bytes.size() <= 0xFF) {
    with_number<1>(Opcode::long1, bytes.size());
  } else {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
      throw PicklingError("an int has more than 2 GiB");
    }
    with_number<4>(Opcode::long4, bytes.size());
  }
  append(bytes);
}

void Output::block(
    std::string_view contents, Opcode small, Opcode medium, Opcode large, bool has_small) {
  if (contents.size() <= 0xFF && has_small) {
    with_number<1>(small, contents.size());
  } else if (contents.size() <= 0xFFFFFFFFU) {
    with_number<4>(medium, contents.size());
  } else if (protocol_ >= 4) {
    with_number<8>(large, contents.size());
  } else {
    throw PicklingError(
        fmt::format("{} bytes are too many for protocol {}, which has lengths of 32 bits",
                    contents.size(),
                    protocol_));
  }
  append(contents);
}

void Output::text(std::string_view text) {
  block(text, Opcode::short_binunicode, Opcode::binunicode, Opcode::binunicode8, protocol_ >= 4);
}

void Output::bytes(std::string_view bytes) {
  block(bytes, Opcode::short_binbytes, Opcode::binbytes, Opcode::binbytes8, true);
}

void Output::bytearray(std::string_view bytes) {
  with_number<8>(Opcode::bytearray8, bytes.size());
  append(bytes);
}

void Output::global_line(std::string_view module, std::string_view name) {
  opcode(Opcode::global);
  append(module);
  append("\n");
  append(name);
  append("\n");
}

void Output::get(std::uint32_t number) {
  if (number <= 0xFF) {
    with_number<1>(Opcode::binget, number);
  } else {
    with_number<4>(Opcode::long_binget, number);
  }
}

void Output::put(std::uint32_t number) {
  if (protocol_ >= 4) {
    opcode(Opcode::memoize);
  } else if (number <= 0xFF) {
    with_number<1>(Opcode::binput, number);
  } else {
    with_number<4>(Opcode::long_binput, number);
  }
}

}  // namespace progeny::pickle::detail
