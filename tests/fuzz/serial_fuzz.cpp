// Random bytes in place of a value of each of several types. They give a DecodeError, or a value
// that can travel again. The first byte chooses the type. The type's fingerprint is put in front,
// as random bytes would never match it.

#include "serial/rich.hpp"
#include "serial/round_trip.hpp"

#include <progeny/serial.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace progeny::testing;
namespace serial = progeny::serial;

template <class T>
void try_message(std::string_view body) {
  try {
    const std::string bytes = serial::to_bytes(serial::from_bytes<T>(forged<T>(body)));
    // Only the order of an unordered container may change.
    if (serial::to_bytes(serial::from_bytes<T>(bytes)).size() != bytes.size()) {
      std::abort();
    }
  } catch (const serial::DecodeError&) {
    return;  // What garbage is to give.
  }
}

constexpr std::array tries{&try_message<Rich>,
                           &try_message<Json>,
                           &try_message<Link>,
                           &try_message<std::vector<std::shared_ptr<Json>>>,
                           &try_message<std::vector<Account>>,
                           &try_message<Containers>};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size != 0) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    tries[data[0] % tries.size()](bytes.substr(1));
  }
  return 0;
}
