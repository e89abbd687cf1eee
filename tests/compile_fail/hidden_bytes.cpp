// J4: A class that hides a pointer does not travel as its bytes.

#include <progeny/serial.hpp>

#include <string>
#include <vector>

class Cursor {
 public:
  explicit Cursor(const char* at) : at_(at) {}

 private:
  const char* at_;
};

std::string send(const std::vector<Cursor>& value) {
  return progeny::serial::to_bytes(value);
}
