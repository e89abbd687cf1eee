// Names of encodings and error handlers.

#include "subprocess/text/text.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <vector>

namespace progeny::subprocess::detail {

namespace {

// Lower case with one kind of separator, as Python compares names.
std::string normalised(std::string_view name) {
  std::string result(name);
  std::ranges::transform(result, result.begin(), [](unsigned char letter) {
    return letter == '_' ? '-' : static_cast<char>(std::tolower(letter));
  });
  return result;
}

struct Names {
  const char* python;
  const char* system;
};

// Where Python's normalised name, or one of its aliases, is not a name that iconv knows.
const std::map<std::string_view, Names>& special_names() {
  // NOLINTBEGIN(modernize-use-designated-initializers): a table, headed by Names.
  static const std::map<std::string_view, Names> table{
      {"646", {"ascii", "ASCII"}},
      {"8859", {"iso8859-1", "ISO-8859-1"}},
      {"ascii", {"ascii", "ASCII"}},
      {"big5hkscs", {"big5hkscs", "BIG5-HKSCS"}},
      {"euc-jis-2004", {"euc_jis_2004", "EUC-JISX0213"}},
      {"iso-8859-1", {"latin-1", "ISO-8859-1"}},
      {"iso8859-1", {"latin-1", "ISO-8859-1"}},
      {"l1", {"latin-1", "ISO-8859-1"}},
      {"latin", {"latin-1", "ISO-8859-1"}},
      {"latin-1", {"latin-1", "ISO-8859-1"}},
      {"latin1", {"latin-1", "ISO-8859-1"}},
      {"mac-latin2", {"mac-latin2", "MAC-CENTRALEUROPE"}},
      {"mac-roman", {"mac-roman", "MACINTOSH"}},
      {"macroman", {"mac-roman", "MACINTOSH"}},
      {"shift-jisx0213", {"shift_jisx0213", "SHIFT_JISX0213"}},
      {"u16", {"utf-16", "UTF-16"}},
      {"u32", {"utf-32", "UTF-32"}},
      {"u7", {"utf-7", "UTF-7"}},
      {"us-ascii", {"ascii", "ASCII"}},
      {"utf-16-be", {"utf-16-be", "UTF-16BE"}},
      {"utf-16-le", {"utf-16-le", "UTF-16LE"}},
      {"utf-32-be", {"utf-32-be", "UTF-32BE"}},
      {"utf-32-le", {"utf-32-le", "UTF-32LE"}},
      {"utf16", {"utf-16", "UTF-16"}},
      {"utf32", {"utf-32", "UTF-32"}},
  };
  // NOLINTEND(modernize-use-designated-initializers)
  return table;
}

constexpr std::array<std::string_view, 6> utf8_names{
    "utf-8", "utf8", "u8", "utf", "cp65001", "utf8-ucs2"};

bool is_plain(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '-' || letter == '_' || letter == '.' ||
           letter == ':' || letter == '+';
  });
}

// The ways to write a name that iconv may know it by: `iso8859-2`, `shift_jis`, `euckr`.
std::vector<std::string> spellings(const std::string& name) {
  std::string underscored = name;
  std::ranges::replace(underscored, '-', '_');
  std::string closed = name;
  std::erase(closed, '-');
  return {name, underscored, closed};
}

std::string system_name(const std::string& name) {
  for (const std::string& spelling : spellings(name)) {
    if (platform::CharsetConverter::knows(spelling)) {
      return spelling;
    }
  }
  return {};
}

void set_encoding(TextFormat& format, const std::string& given) {
  const std::string name = normalised(given);
  if (std::ranges::find(utf8_names, name) != utf8_names.end()) {
    return;
  }
  if (name == "utf-8-sig" || name == "utf8-sig") {
    format.encoding = "utf-8-sig";
    format.has_signature = true;
    return;
  }
  if (const auto special = special_names().find(name); special != special_names().end()) {
    format.encoding = special->second.python;
    format.charset = special->second.system;
  } else if (is_plain(name)) {
    format.encoding = name;
    format.charset = system_name(name);
  }
  if (format.charset.empty() || !platform::CharsetConverter::knows(format.charset)) {
    throw LookupError(fmt::format("unknown encoding: {}", given));
  }
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
