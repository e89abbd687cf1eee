#pragma once

// The bytes of a pickle as they grow: instructions and their arguments.

#include "pickle/machine/opcodes.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace progeny::pickle::detail {

class Output {
 public:
  explicit Output(int protocol);

  [[nodiscard]] int protocol() const noexcept { return protocol_; }
  void opcode(Opcode opcode) { bytes_ += static_cast<char>(opcode); }
  // In as few bytes as it takes.
  void integer(std::int64_t value);
  // An int of any size, as two's complement.
  void big_integer(std::string_view bytes);
  void floating(double value);
  void text(std::string_view text);
  // For protocols from 3 on.
  void bytes(std::string_view bytes);
  // For protocols from 5 on.
  void bytearray(std::string_view bytes);
  void global_line(std::string_view module, std::string_view name);
  void get(std::uint32_t number);
  void put(std::uint32_t number);

  [[nodiscard]] std::string take() && { return std::move(bytes_); }

 private:
  void number(std::uint64_t value, std::size_t bytes);
  // By the shortest of the three instructions that the protocol has.
  void block(std::string_view contents, Opcode small, Opcode medium, Opcode large, bool has_small);

  int protocol_;
  std::string bytes_;
};

}  // namespace progeny::pickle::detail
