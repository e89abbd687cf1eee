#pragma once

// The bytes of a pickle as they grow: instructions and their arguments.

#include "pickle/machine/opcodes.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace progeny::pickle::detail {

class Output {
 public:
  explicit Output(int protocol);

  [[nodiscard]] int protocol() const noexcept { return protocol_; }
  void opcode(Opcode opcode) { *room(1) = static_cast<char>(opcode); }
  // In as few bytes as it takes.
  void integer(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    if (bits <= 0xFF) {
      with_number<1>(Opcode::binint1, bits);
    } else if (bits <= 0xFFFF) {
      with_number<2>(Opcode::binint2, bits);
    } else if (static_cast<std::int32_t>(value) == value) {
      with_number<4>(Opcode::binint, bits);
    } else {
      long_integer(value);
    }
  }
  // An int of any size, as two's complement.
  void big_integer(std::string_view bytes);
  void floating(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    char* const place = room(1 + sizeof bits);
    place[0] = static_cast<char>(Opcode::binfloat);
    for (std::size_t i = 0; i < sizeof bits; ++i) {
      place[1 + i] = static_cast<char>(bits >> (56 - i * 8));
    }
  }
  void text(std::string_view text);
  // For protocols from 3 on.
  void bytes(std::string_view bytes);
  // For protocols from 5 on.
  void bytearray(std::string_view bytes);
  void global_line(std::string_view module, std::string_view name);
  void get(std::uint32_t number);
  void put(std::uint32_t number);

  [[nodiscard]] std::string take() && {
    flush();
    return std::move(bytes_);
  }

 private:
  // Where the next `count` bytes are to be put, which are few.
  [[nodiscard]] char* room(std::size_t count) {
    if (count > staged_.size() - used_) {
      flush();
    }
    char* const place = staged_.data() + used_;
    used_ += count;
    return place;
  }
  void flush() {
    bytes_.append(staged_.data(), used_);
    used_ = 0;
  }
  // An instruction with a number of that many bytes behind it.
  template <std::size_t Bytes>
  void with_number(Opcode opcode, std::uint64_t value) {
    char* const place = room(1 + Bytes);
    place[0] = static_cast<char>(opcode);
    for (std::size_t i = 0; i < Bytes; ++i) {
      place[1 + i] = static_cast<char>(value >> (i * 8));
    }
  }
  void long_integer(std::int64_t value);
  void append(std::string_view contents);
  // By the shortest of the three instructions that the protocol has.
  void block(std::string_view contents, Opcode small, Opcode medium, Opcode large, bool has_small);

  int protocol_;
  std::size_t used_ = 0;
  std::string bytes_;
  // Small pieces go here first: appending each to the string would cost more than making it.
  // Never read before it is written.
  std::array<char, 4096> staged_;
};

}  // namespace progeny::pickle::detail
