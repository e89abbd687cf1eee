#include "pickle/machine/output.hpp"

#include "pickle/value/integers.hpp"

#include <progeny/pickle/pickle.hpp>

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <limits>

namespace progeny::pickle::detail {

Output::Output(int protocol) : protocol_(protocol) {
  if (protocol < 2 || protocol > highest_protocol) {
    throw ValueError(
        fmt::format("pickle protocol must be 2 to {}, and is {}", highest_protocol, protocol));
  }
  with_number(Opcode::proto, static_cast<std::uint64_t>(protocol), 1);
}

void Output::with_number(Opcode opcode, std::uint64_t value, std::size_t bytes) {
  char* const place = room(1 + bytes);
  place[0] = static_cast<char>(opcode);
  for (std::size_t i = 0; i < bytes; ++i) {
    place[1 + i] = static_cast<char>(value >> (i * 8));
  }
}

void Output::append(std::string_view contents) {
  if (contents.size() <= staged_.size() / 4) {
    std::memcpy(room(contents.size()), contents.data(), contents.size());
  } else {
    flush();
    bytes_ += contents;
  }
}

void Output::integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (bits <= 0xFF) {
    with_number(Opcode::binint1, bits, 1);
  } else if (bits <= 0xFFFF) {
    with_number(Opcode::binint2, bits, 2);
  } else if (std::numeric_limits<std::int32_t>::min() <= value &&
             value <= std::numeric_limits<std::int32_t>::max()) {
    with_number(Opcode::binint, bits, 4);
  } else {
    big_integer(bytes_of(value));
  }
}

void Output::big_integer(std::string_view bytes) {
  if (bytes.size() <= 0xFF) {
    with_number(Opcode::long1, bytes.size(), 1);
  } else {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
      throw PicklingError("an int has more than 2 GiB");
    }
    with_number(Opcode::long4, bytes.size(), 4);
  }
  append(bytes);
}

void Output::floating(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  char* const place = room(1 + sizeof bits);
  place[0] = static_cast<char>(Opcode::binfloat);
  for (std::size_t i = 0; i < sizeof bits; ++i) {
    place[1 + i] = static_cast<char>(bits >> (56 - i * 8));
  }
}

void Output::block(
    std::string_view contents, Opcode small, Opcode medium, Opcode large, bool has_small) {
  if (contents.size() <= 0xFF && has_small) {
    with_number(small, contents.size(), 1);
  } else if (contents.size() <= 0xFFFFFFFFU) {
    with_number(medium, contents.size(), 4);
  } else if (protocol_ >= 4) {
    with_number(large, contents.size(), 8);
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
  with_number(Opcode::bytearray8, bytes.size(), 8);
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
  with_number(
      number <= 0xFF ? Opcode::binget : Opcode::long_binget, number, number <= 0xFF ? 1 : 4);
}

void Output::put(std::uint32_t number) {
  if (protocol_ >= 4) {
    opcode(Opcode::memoize);
    return;
  }
  with_number(
      number <= 0xFF ? Opcode::binput : Opcode::long_binput, number, number <= 0xFF ? 1 : 4);
}

}  // namespace progeny::pickle::detail
