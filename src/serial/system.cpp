#include <progeny/serial/types/system.hpp>

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <cstdint>

namespace progeny::serial {

namespace {

constexpr unsigned char generic = 0;
constexpr unsigned char system = 1;

unsigned char number_of(const std::error_category& category) {
  if (category == std::generic_category()) {
    return generic;
  }
  if (category == std::system_category()) {
    return system;
  }
  throw ValueError(
      fmt::format("an error code of category '{}' cannot travel: another process may not have it",
                  category.name()));
}

}  // namespace

void Codec<std::error_code>::save(Writer& writer, const std::error_code& value) {
  writer.write(number_of(value.category()));
  writer.write(value.value());
}

std::error_code Codec<std::error_code>::load(Reader& reader) {
  const auto category = reader.read<unsigned char>();
  if (category > system) {
    reader.fail("an error code of an unknown category");
  }
  const int number = reader.read<int>();
  return {number, category == generic ? std::generic_category() : std::system_category()};
}

// 0 stands for no handle, so that handles count from 1.
void Codec<Handle>::save(Writer& writer, const Handle& value) {
  writer.write(value ? writer.add_handle(value.get()) + 1 : std::uint32_t(0));
}

Handle Codec<Handle>::load(Reader& reader) {
  const auto number = reader.read<std::uint32_t>();
  return number == 0 ? Handle() : reader.take_handle(number - 1);
}

}  // namespace progeny::serial
