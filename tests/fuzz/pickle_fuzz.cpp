// Random bytes as a pickle. What can be read is written under each protocol and read again; what is
// read as a plain type without values in between is the same with them.

#include <progeny/pickle.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace pickle = progeny::pickle;

void require(bool condition) {
  if (!condition) {
    __builtin_trap();
  }
}

const pickle::LoadLimits& limits() {
  static const pickle::LoadLimits all{.memory = std::size_t{1} << 26U, .depth = 5'000};
  return all;
}

void write_again(const pickle::Value& value) {
  static_cast<void>(value.repr(1'000));
  for (const int protocol : {2, 4, 5}) {
    std::string again;
    try {
      again = pickle::dumps(value, {.protocol = protocol});
    } catch (const pickle::PicklingError&) {
      continue;  // A name that older protocols do not have.
    }
    // Written once more, it is the same: the values need not be equal, as NaN is not.
    const std::string third = pickle::dumps(pickle::loads(again, limits()), {.protocol = protocol});
    require(pickle::dumps(pickle::loads(third, limits()), {.protocol = protocol}).size() ==
            third.size());
  }
}

template <class T>
void read_directly(std::string_view data, const std::optional<pickle::Value>& value) {
  T direct;
  if (!pickle::detail::read_direct(data, limits(), direct)) {
    return;
  }
  require(value.has_value());
  const T slow = pickle::to<T>(*value);
  require(slow.size() == direct.size());
  require(pickle::dumps(slow) == pickle::dumps(direct));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::optional<pickle::Value> value;
  try {
    value = pickle::loads(bytes, limits());
  } catch (const pickle::UnpicklingError&) {
    value.reset();
  }
  read_directly<std::vector<std::int64_t>>(bytes, value);
  read_directly<std::vector<double>>(bytes, value);
  read_directly<std::vector<std::string>>(bytes, value);
  read_directly<std::vector<std::byte>>(bytes, value);
  if (value) {
    write_again(*value);
  }
  return 0;
}
