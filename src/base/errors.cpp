#include <progeny/base/errors.hpp>

#include <fmt/format.h>

namespace progeny {

namespace {

// std::system_error appends `: ` and the code's message.
std::string call_on(std::string_view call, std::string_view filename) {
  return fmt::format("{} \"{}\"", call, filename);
}

std::string hex_bytes(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += fmt::format("{}0x{:02x}", text.empty() ? "" : " ", static_cast<unsigned char>(byte));
  }
  return text;
}

std::string decode_message(std::string_view encoding,
                           std::string_view object,
                           std::size_t start,
                           std::string_view reason) {
  return fmt::format("'{}' codec can't decode byte{} {} in position {}: {}",
                     encoding,
                     object.size() == 1 ? "" : "s",
                     hex_bytes(object),
                     start,
                     reason);
}

std::string encode_message(std::string_view encoding,
                           std::string_view object,
                           std::size_t start,
                           std::string_view reason) {
  return fmt::format(
      "'{}' codec can't encode character '{}' in position {}: {}", encoding, object, start, reason);
}

}  // namespace

OSError::OSError(std::error_code code, std::string_view call)
    : std::system_error(code, std::string(call)), call_(call) {}

OSError::OSError(std::error_code code, std::string_view call, std::string_view filename)
    : std::system_error(code, call_on(call, filename)), call_(call), filename_(filename) {}

UnicodeError::UnicodeError(const std::string& message,
                           std::string_view encoding,
                           std::string_view object,
                           std::size_t start,
                           std::string_view reason)
    : ValueError(message), encoding_(encoding), object_(object), start_(start), reason_(reason) {}

UnicodeDecodeError::UnicodeDecodeError(std::string_view encoding,
                                       std::string_view object,
                                       std::size_t start,
                                       std::string_view reason)
    : UnicodeError(
          decode_message(encoding, object, start, reason), encoding, object, start, reason) {}

UnicodeEncodeError::UnicodeEncodeError(std::string_view encoding,
                                       std::string_view object,
                                       std::size_t start,
                                       std::string_view reason)
    : UnicodeError(
          encode_message(encoding, object, start, reason), encoding, object, start, reason) {}

}  // namespace progeny
