// A pointer cannot travel, however deep it lies.

#include <progeny/serial.hpp>

#include <string>
#include <tuple>

std::string send(const std::tuple<int, const char*>& value) {
  return progeny::serial::to_bytes(value);
}
