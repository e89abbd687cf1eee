// Nothing can arrive that could not have been sent.

#include <progeny/serial.hpp>

#include <span>
#include <string_view>

std::span<int> receive(std::string_view bytes) {
  return progeny::serial::from_bytes<std::span<int>>(bytes);
}
