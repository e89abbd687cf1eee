// What compiles: without it the others could fail for a reason of their own.

#include <progeny/serial.hpp>

#include <string>
#include <tuple>

std::string send(const std::tuple<int, std::string>& value) {
  return progeny::serial::to_bytes(value);
}
