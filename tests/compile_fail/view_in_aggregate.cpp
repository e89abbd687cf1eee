// A view cannot travel, however deep it lies.

#include <progeny/serial.hpp>

#include <string>
#include <string_view>
#include <vector>

struct Labelled {
  int number;
  std::string_view label;
};

std::string send(const std::vector<Labelled>& value) {
  return progeny::serial::to_bytes(value);
}
