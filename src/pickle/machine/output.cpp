#include "pickle/machine/output.hpp"

#include "pickle/value/integers.hpp"

#include <progeny/pickle/pickle.hpp>

#include <fmt/format.h>

#include <bit>
#include <limits>

namespace progeny::pickle::detail {

Output::Output(int protocol) : protocol_(protocol) {
  if (protocol < 2 || protocol > highest_protocol) {
    throw ValueError(
        fmt::format("pickle protocol must be 2 to {}, and is {}", highest_protocol, protocol));
  }
  opcode(Opcode::proto);
  number(static_cast<std::uint64_t>(protocol), 1);
}

void Output::number(std::uint64_t value, std::size_t bytes) {
  char buffer[sizeof value];
  for (std::size_t i = 0; i < bytes; ++i) {
    buffer[i] = static_cast<char>(value >> (i * 8));
  }
  bytes_.append(buffer, bytes);
}

void Output::integer(std::int64_t value) {
  if (0 <= value && value <= 0xFF) {
    opcode(Opcode::binint1);
    number(static_cast<std::uint64_t>(value), 1);
  } else if (0 <= value && value <= 0xFFFF) {
    opcode(Opcode::binint2);
    number(static_cast<std::uint64_t>(value), 2);
  } else if (std::numeric_limits<std::int32_t>::min() <= value &&
             value <= std::numeric_limits<std::int32_t>::max()) {
    opcode(Opcode::binint);
    number(static_cast<std::uint64_t>(value), 4);
  } else {
    big_integer(bytes_of(value));
  }
}

void Output::big_integer(std::string_view bytes) {
  if (bytes.size() <= 0xFF) {
    opcode(Opcode::long1);
    number(bytes.size(), 1);
  } else {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
      throw PicklingError("an int has more than 2 GiB");
    }
    opcode(Opcode::long4);
    number(bytes.size(), 4);
  }
  bytes_ += bytes;
}

void Output::floating(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  char buffer[1 + sizeof bits];
  buffer[0] = static_cast<char>(Opcode::binfloat);
  for (std::size_t i = 0; i < sizeof bits; ++i) {
    buffer[1 + i] = static_cast<char>(bits >> (56 - i * 8));
  }
  bytes_.append(buffer, sizeof buffer);
}

void Output::block(
    std::string_view contents, Opcode small, Opcode medium, Opcode large, bool has_small) {
  if (contents.size() <= 0xFF && has_small) {
    opcode(small);
    number(contents.size(), 1);
  } else if (contents.size() <= 0xFFFFFFFFU) {
    opcode(medium);
    number(contents.size(), 4);
  } else if (protocol_ >= 4) {
    opcode(large);
    number(contents.size(), 8);
  } else {
    throw PicklingError(
        fmt::format("{} bytes are too many for protocol {}, which has lengths of 32 bits",
                    contents.size(),
                    protocol_));
  }
  bytes_ += contents;
}

void Output::text(std::string_view text) {
  block(text, Opcode::short_binunicode, Opcode::binunicode, Opcode::binunicode8, protocol_ >= 4);
}

void Output::bytes(std::string_view bytes) {
  block(bytes, Opcode::short_binbytes, Opcode::binbytes, Opcode::binbytes8, true);
}

void Output::bytearray(std::string_view bytes) {
  opcode(Opcode::bytearray8);
  number(bytes.size(), 8);
  bytes_ += bytes;
}

void Output::global_line(std::string_view module, std::string_view name) {
  opcode(Opcode::global);
  bytes_ += module;
  bytes_ += '\n';
  bytes_ += name;
  bytes_ += '\n';
}

void Output::get(std::uint32_t number) {
  opcode(number <= 0xFF ? Opcode::binget : Opcode::long_binget);
  this->number(number, number <= 0xFF ? 1 : 4);
}

void Output::put(std::uint32_t number) {
  if (protocol_ >= 4) {
    opcode(Opcode::memoize);
    return;
  }
  opcode(number <= 0xFF ? Opcode::binput : Opcode::long_binput);
  this->number(number, number <= 0xFF ? 1 : 4);
}

}  // namespace progeny::pickle::detail
