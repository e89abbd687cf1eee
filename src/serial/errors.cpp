#include <progeny/serial/errors.hpp>

#include <fmt/format.h>

namespace progeny::serial {

DecodeError::DecodeError(std::string_view type, std::size_t offset, std::string_view reason)
    : ValueError(fmt::format("cannot decode {}: at byte {}: {}", type, offset, reason)),
      type_(type),
      offset_(offset),
      reason_(reason) {}

}  // namespace progeny::serial
