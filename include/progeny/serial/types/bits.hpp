#pragma once

// Truth values by the bit: std::bitset, std::vector<bool>.

#include <progeny/serial/codec.hpp>
#include <progeny/serial/types/scalars.hpp>

#include <bitset>
#include <climits>
#include <cstddef>
#include <vector>

namespace progeny::serial {

namespace detail {

constexpr std::size_t bytes_for_bits(std::size_t bits) {
  return bits / CHAR_BIT + (bits % CHAR_BIT != 0 ? 1 : 0);
}

template <class Bits>
void save_bits(Writer& writer, const Bits& bits) {
  for (std::size_t i = 0; i < bits.size(); i += CHAR_BIT) {
    unsigned byte = 0;
    for (std::size_t bit = 0; bit != CHAR_BIT && i + bit != bits.size(); ++bit) {
      byte |= static_cast<unsigned>(bits[i + bit]) << bit;
    }
    writer.write(static_cast<unsigned char>(byte));
  }
}

template <class Bits>
void load_bits(Reader& reader, Bits& bits) {
  for (std::size_t i = 0; i < bits.size(); i += CHAR_BIT) {
    const unsigned byte = reader.read<unsigned char>();
    for (std::size_t bit = 0; bit != CHAR_BIT && i + bit != bits.size(); ++bit) {
      bits[i + bit] = ((byte >> bit) & 1U) != 0;
    }
  }
}

}  // namespace detail

/// A fixed number of bits.
template <std::size_t N>
struct Codec<std::bitset<N>> : detail::AddsNoLevel {
  static constexpr std::size_t min_size = detail::bytes_for_bits(N);
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::bits);
    shape.number(N);
  }
  static void save(Writer& writer, const std::bitset<N>& value) {
    detail::save_bits(writer, value);
  }
  static std::bitset<N> load(Reader& reader) {
    std::bitset<N> value;
    detail::load_bits(reader, value);
    return value;
  }
};

/// A count of bytes, how many bits of the last one are not meant, the bytes.
template <class Allocator>
struct Codec<std::vector<bool, Allocator>> : detail::AddsNoLevel {
  static constexpr std::size_t min_size = 2;
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::sequence);
    shape.nested<bool>();
  }
  static void save(Writer& writer, const std::vector<bool, Allocator>& value) {
    const std::size_t bytes = detail::bytes_for_bits(value.size());
    writer.write_count(bytes);
    writer.write(static_cast<unsigned char>(bytes * CHAR_BIT - value.size()));
    detail::save_bits(writer, value);
  }
  static std::vector<bool, Allocator> load(Reader& reader) {
    const std::size_t bytes = reader.read_count(1);
    const auto unused = reader.read<unsigned char>();
    if (bytes > reader.remaining() || unused >= CHAR_BIT || (bytes == 0 && unused != 0)) {
      reader.fail("a count of bits that the bytes do not hold");
    }
    reader.take_memory(bytes, 1);
    std::vector<bool, Allocator> value(bytes * CHAR_BIT - unused);
    detail::load_bits(reader, value);
    return value;
  }
};

}  // namespace progeny::serial
