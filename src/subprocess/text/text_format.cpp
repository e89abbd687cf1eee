// The text mode that names of an encoding and of an error handler ask for.

#include "platform/text/charset.hpp"
#include "subprocess/text/codec.hpp"
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

// What `encoding="locale"` stands for. Python, too, takes the C locale for one of UTF-8 (PEP 538).
std::string locale_encoding() {
  std::string charset = platform::locale_charset();
  return charset == "ANSI_X3.4-1968" ? "UTF-8" : charset;
}

void set_encoding(TextFormat& format, const std::string& given) {
  if (given == "locale") {
    set_encoding(format, locale_encoding());
    return;
  }
  auto names = find_encoding(given);
  if (!names) {
    throw LookupError(fmt::format("unknown encoding: {}", given));
  }
  format.name = given;
  format.encoding = std::move(names->python);
  format.charset = std::move(names->system);
  format.has_signature = names->has_signature;
  if (!format.charset.empty() && !is_wide(format.encoding)) {
    format.table = find_table(format.encoding, format.charset);
  }
}

ErrorPolicy policy_named(const std::string& name) {
  static const std::map<std::string_view, ErrorPolicy> table{
      {"strict", ErrorPolicy::strict},
      {"ignore", ErrorPolicy::ignore},
      {"replace", ErrorPolicy::replace},
      {"backslashreplace", ErrorPolicy::backslashreplace},
      {"surrogateescape", ErrorPolicy::surrogateescape},
      {"surrogatepass", ErrorPolicy::surrogatepass},
      {"xmlcharrefreplace", ErrorPolicy::xmlcharrefreplace},
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

std::unique_ptr<Codec> make_codec(const TextFormat& format, CodecDirection direction) {
  if (format.charset.empty()) {
    return nullptr;
  }
  if (is_wide(format.encoding)) {
    return make_wide_codec(format.encoding, format.errors == ErrorPolicy::surrogatepass, direction);
  }
  return format.table ? make_table_codec(format.table)
                      : make_system_codec(format.encoding, format.charset, direction);
}

}  // namespace progeny::subprocess::detail
