// A lambda with captures cannot travel.

#include <progeny/serial.hpp>

#include <string>

std::string send(int number) {
  return progeny::serial::to_bytes([number] { return number; });
}
