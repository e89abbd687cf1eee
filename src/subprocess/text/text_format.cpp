// The text mode that names of an encoding and of an error handler ask for.

#include "platform/text/charset.hpp"
#include "subprocess/text/encoding_names.hpp"
#include "subprocess/text/text.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/core.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::subprocess::detail {

namespace {

// Whether the system's converter holds a letter back until it knows that no accent follows, in
// order to join the two. glibc does so for cp1255 and cp1258. Python never does.
bool composes(const std::string& charset) {
  constexpr int first = 0x80;
  constexpr int last = 0xff;
  platform::CharsetConverter converter(charset, platform::CharsetDirection::to_utf8);
  for (int byte = first; byte <= last; ++byte) {
    const char letter = static_cast<char>(byte);
    std::string text;
    const auto result = converter.convert({&letter, 1}, text);
    if (result.consumed == 1 && text.empty()) {
      converter.finish(text);
      if (!text.empty()) {
        return true;
      }
    }
    converter.reset();
  }
  return false;
}

void set_encoding(TextFormat& format, const std::string& given) {
  auto names = find_encoding(given);
  if (!names) {
    throw LookupError(fmt::format("unknown encoding: {}", given));
  }
  format.encoding = std::move(names->python);
  format.charset = std::move(names->system);
  format.has_signature = names->has_signature;
  format.one_by_one = !format.charset.empty() && composes(format.charset);
}

ErrorPolicy policy_named(const std::string& name) {
  static const std::map<std::string_view, ErrorPolicy> table{
      {"strict", ErrorPolicy::strict},
      {"ignore", ErrorPolicy::ignore},
      {"replace", ErrorPolicy::replace},
      {"backslashreplace", ErrorPolicy::backslashreplace},
      {"surrogateescape", ErrorPolicy::surrogateescape},
  };
  const auto found = table.find(name);
  if (found == table.end()) {
    throw LookupError(fmt::format("unknown error handler name '{}'", name));
  }
  return found->second;
}

}  // namespace

TextFormat text_format(const std::optional<std::string>& encoding,
                       const std::optional<std::string>& errors) {
  TextFormat format;
  if (encoding) {
    set_encoding(format, *encoding);
  }
  if (errors) {
    format.errors = policy_named(*errors);
  }
  return format;
}

}  // namespace progeny::subprocess::detail
