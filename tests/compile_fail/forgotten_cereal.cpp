// A class with functions of cereal is not sent past them.

#include <progeny/serial.hpp>

#include <string>

struct Account {
  int number;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(number);
  }
};

std::string send(const Account& value) {
  return progeny::serial::to_bytes(value);
}
