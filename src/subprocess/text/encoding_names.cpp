#include "subprocess/text/encoding_names.hpp"

#include "platform/text/charset.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string_view>
#include <vector>

namespace progeny::subprocess::detail {

namespace {

// The key under which Python looks a name up: lower case, with `-` for each run of other characters
// than letters, digits and dots. Python itself uses `_` (encodings.normalize_encoding).
std::string key_of(std::string_view name) {
  std::string key;
  bool separated = false;
  for (const char character : name) {
    const auto byte = static_cast<unsigned char>(character);
    if (std::isalnum(byte) == 0 && character != '.') {
      separated = true;
      continue;
    }
    if (separated && !key.empty()) {
      key += '-';
    }
    separated = false;
    key += static_cast<char>(std::tolower(byte));
  }
  return key;
}

struct Row {
  const char* python;
  const char* system;
};

// Python's names and aliases that the converter does not know in any spelling, or knows as
// something else.
const std::map<std::string_view, Row>& special_names() {
  // NOLINTBEGIN(modernize-use-designated-initializers): a table, headed by Row.
  static const std::map<std::string_view, Row> table{
      {"646", {"ascii", "ASCII"}},
      {"8859", {"iso8859-1", "ISO-8859-1"}},
      {"ansi-x3-4-1968", {"ascii", "ASCII"}},
      {"ansi-x3.4-1968", {"ascii", "ASCII"}},
      {"ansi-x3.4-1986", {"ascii", "ASCII"}},
      {"ascii", {"ascii", "ASCII"}},
      {"big5-tw", {"big5", "BIG5"}},
      {"big5hkscs", {"big5hkscs", "BIG5-HKSCS"}},
      {"chinese", {"gb2312", "GB2312"}},
      {"cp-is", {"cp861", "CP861"}},
      {"cp1051", {"hp-roman8", "HP-ROMAN8"}},
      {"cp154", {"ptcp154", "PT154"}},
      {"cp866u", {"cp1125", "CP1125"}},
      {"csbig5", {"big5", "BIG5"}},
      {"csibm858", {"cp858", "CP858"}},
      {"csibm861", {"cp861", "CP861"}},
      {"csiso58gb231280", {"gb2312", "GB2312"}},
      {"csptcp154", {"ptcp154", "PT154"}},
      {"cyrillic-asian", {"ptcp154", "PT154"}},
      {"euc-jis-2004", {"euc_jis_2004", "EUC-JISX0213"}},
      {"euc-jis2004", {"euc_jis_2004", "EUC-JISX0213"}},
      {"eucgb2312-cn", {"gb2312", "GB2312"}},
      {"eucjis2004", {"euc_jis_2004", "EUC-JISX0213"}},
      {"eucjisx0213", {"euc_jisx0213", "EUC-JISX0213"}},
      {"gb2312-80", {"gb2312", "GB2312"}},
      {"hkscs", {"big5hkscs", "BIG5-HKSCS"}},
      {"ibm039", {"cp037", "CP037"}},
      {"ibm1051", {"hp-roman8", "HP-ROMAN8"}},
      {"ibm1125", {"cp1125", "CP1125"}},
      {"iso-646.irv-1991", {"ascii", "ASCII"}},
      {"iso-8859-1", {"latin-1", "ISO-8859-1"}},
      {"iso-8859-1-1987", {"latin-1", "ISO-8859-1"}},
      {"iso-ir-58", {"gb2312", "GB2312"}},
      {"iso2022-jp-3", {"iso2022_jp_3", "ISO-2022-JP-3"}},
      {"iso2022jp-3", {"iso2022_jp_3", "ISO-2022-JP-3"}},
      {"iso8859", {"latin-1", "ISO-8859-1"}},
      {"iso8859-1", {"latin-1", "ISO-8859-1"}},
      {"jisx0213", {"euc_jis_2004", "EUC-JISX0213"}},
      {"korean", {"euc_kr", "EUC-KR"}},
      {"ks-c-5601", {"euc_kr", "EUC-KR"}},
      {"ks-c-5601-1987", {"euc_kr", "EUC-KR"}},
      {"ks-x-1001", {"euc_kr", "EUC-KR"}},
      {"ksc5601", {"euc_kr", "EUC-KR"}},
      {"ksx1001", {"euc_kr", "EUC-KR"}},
      {"kz-1048", {"kz1048", "RK1048"}},
      {"kz1048", {"kz1048", "RK1048"}},
      {"l1", {"latin-1", "ISO-8859-1"}},
      {"l9", {"iso8859-15", "ISO-8859-15"}},
      {"latin", {"latin-1", "ISO-8859-1"}},
      {"latin-1", {"latin-1", "ISO-8859-1"}},
      {"latin1", {"latin-1", "ISO-8859-1"}},
      {"mac-centeuro", {"mac-latin2", "MAC-CENTRALEUROPE"}},
      {"mac-latin2", {"mac-latin2", "MAC-CENTRALEUROPE"}},
      {"mac-roman", {"mac-roman", "MACINTOSH"}},
      {"maccentraleurope", {"mac-latin2", "MAC-CENTRALEUROPE"}},
      {"maclatin2", {"mac-latin2", "MAC-CENTRALEUROPE"}},
      {"macroman", {"mac-roman", "MACINTOSH"}},
      {"ms1361", {"johab", "JOHAB"}},
      {"ms949", {"cp949", "CP949"}},
      {"ms950", {"cp950", "CP950"}},
      {"mskanji", {"cp932", "CP932"}},
      {"pt154", {"ptcp154", "PT154"}},
      {"ptcp154", {"ptcp154", "PT154"}},
      {"s-jisx0213", {"shift_jisx0213", "SHIFT_JISX0213"}},
      {"shift-jisx0213", {"shift_jisx0213", "SHIFT_JISX0213"}},
      {"shiftjis", {"shift_jis", "SHIFT_JIS"}},
      {"sjisx0213", {"shift_jisx0213", "SHIFT_JISX0213"}},
      {"thai", {"iso8859-11", "ISO-8859-11"}},
      {"tis-620-0", {"tis-620", "TIS-620"}},
      {"tis-620-2529-0", {"tis-620", "TIS-620"}},
      {"tis-620-2529-1", {"tis-620", "TIS-620"}},
      {"u16", {"utf-16", "UTF-16"}},
      {"u32", {"utf-32", "UTF-32"}},
      {"u7", {"utf-7", "UTF-7"}},
      {"unicode-1-1-utf-7", {"utf-7", "UTF-7"}},
      {"unicodebigunmarked", {"utf-16-be", "UTF-16BE"}},
      {"unicodelittleunmarked", {"utf-16-le", "UTF-16LE"}},
      {"us-ascii", {"ascii", "ASCII"}},
      {"utf-16-be", {"utf-16-be", "UTF-16BE"}},
      {"utf-16-le", {"utf-16-le", "UTF-16LE"}},
      {"utf-32-be", {"utf-32-be", "UTF-32BE"}},
      {"utf-32-le", {"utf-32-le", "UTF-32LE"}},
      {"utf16", {"utf-16", "UTF-16"}},
      {"utf32", {"utf-32", "UTF-32"}},
      {"x-mac-japanese", {"shift_jis", "SHIFT_JIS"}},
      {"x-mac-korean", {"euc_kr", "EUC-KR"}},
      {"x-mac-simp-chinese", {"gb2312", "GB2312"}},
      {"x-mac-trad-chinese", {"big5", "BIG5"}},
  };
  // NOLINTEND(modernize-use-designated-initializers)
  return table;
}

constexpr std::array<std::string_view, 7> utf8_names{
    "utf-8", "utf8", "u8", "utf", "cp65001", "utf8-ucs2", "utf8-ucs4"};

// Characters of the names that iconv(1) lists. A double slash would begin a suffix that changes
// what the converter does: `//TRANSLIT`.
bool is_plain(std::string_view name) {
  static constexpr std::string_view signs = "-_.:+()/";
  return !name.empty() && name.find("//") == std::string_view::npos && !name.ends_with('/') &&
         std::ranges::all_of(name, [](char character) {
           return std::isalnum(static_cast<unsigned char>(character)) != 0 ||
                  signs.find(character) != std::string_view::npos;
         });
}

// A key as converters may spell it: `iso8859-2`, `shift_jis`, `euckr`.
void add_spellings(const std::string& key, std::vector<std::string>& names) {
  std::string underscored = key;
  std::ranges::replace(underscored, '-', '_');
  std::string closed = key;
  std::erase(closed, '-');
  names.insert(names.end(), {key, underscored, closed});
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// `iso-8859-2` of `iso-8859-2-1987`.
std::string without_year(const std::string& key) {
  constexpr std::size_t length = 5;
  if (key.size() <= length) {
    return {};
  }
  const std::string_view year = std::string_view(key).substr(key.size() - length);
  const bool is_year =
      (year.starts_with("-19") || year.starts_with("-20")) && is_number(year.substr(1));
  return is_year ? key.substr(0, key.size() - length) : std::string();
}

// What the converter may call this encoding, the likeliest first.
std::vector<std::string> candidates(const std::string& given, const std::string& key) {
  std::vector<std::string> names{given};
  add_spellings(key, names);
  if (is_number(key)) {
    names.push_back("cp" + key);
  }
  if (const std::string rest = without_year(key); !rest.empty()) {
    add_spellings(rest, names);
  }
  return names;
}

// Python's name for sets whose errors show it, or whose tables differ: `euc_jp` for `EUC-JP` and
// `ujis`.
std::string python_name(const std::string& key) {
  static constexpr std::array names{
      "big5",           "big5hkscs",      "cp932",           "cp949",
      "cp950",          "euc_jis_2004",   "euc_jisx0213",    "euc_jp",
      "euc_kr",         "gb18030",        "gb2312",          "gbk",
      "iso2022_jp",     "iso2022_jp_1",   "iso2022_jp_2",    "iso2022_jp_3",
      "iso2022_jp_ext", "iso2022_kr",     "iso2022_jp_2004", "johab",
      "shift_jis",      "shift_jis_2004", "shift_jisx0213"};
  static const std::map<std::string_view, const char*> aliases{
      {"932", "cp932"},
      {"936", "gbk"},
      {"949", "cp949"},
      {"950", "cp950"},
      {"cp936", "gbk"},
      {"csiso2022jp", "iso2022_jp"},
      {"csiso2022kr", "iso2022_kr"},
      {"csshiftjis", "shift_jis"},
      {"gb18030-2000", "gb18030"},
      {"ms936", "gbk"},
      {"ms932", "cp932"},
      {"s-jis", "shift_jis"},
      {"sjis", "shift_jis"},
      {"u-jis", "euc_jp"},
      {"uhc", "cp949"},
      {"ebcdic-cp-he", "cp424"},
      {"maccyrillic", "mac-cyrillic"},
      {"macintosh", "mac-roman"},
      {"tis620", "tis-620"},
      {"ujis", "euc_jp"},
      {"windows-31j", "cp932"},
  };
  if (const auto found = aliases.find(key); found != aliases.end()) {
    return found->second;
  }
  for (const std::string_view prefix : {"ibm", "csibm"}) {
    if (key.starts_with(prefix) && is_number(std::string_view(key).substr(prefix.size()))) {
      return "cp" + key.substr(prefix.size());
    }
  }
  const auto closed = [](std::string_view name) {
    std::string text(name);
    std::erase_if(text, [](char sign) { return sign == '-' || sign == '_'; });
    return text;
  };
  const auto found = std::ranges::find(names, closed(key), closed);
  return found == names.end() ? key : *found;
}

}  // namespace

std::optional<EncodingNames> find_encoding(const std::string& given) {
  const std::string key = key_of(given);
  if (std::ranges::find(utf8_names, key) != utf8_names.end()) {
    return EncodingNames{.python = "utf-8", .system = {}};
  }
  if (key == "utf-8-sig" || key == "utf8-sig") {
    return EncodingNames{.python = "utf-8-sig", .system = {}, .has_signature = true};
  }
  if (const auto special = special_names().find(key); special != special_names().end()) {
    const Row& row = special->second;
    if (platform::CharsetConverter::knows(row.system)) {
      return EncodingNames{.python = row.python, .system = row.system};
    }
  }
  for (const std::string& name : candidates(given, key)) {
    if (is_plain(name) && platform::CharsetConverter::knows(name)) {
      return EncodingNames{.python = python_name(is_number(key) ? "cp" + key : key),
                           .system = name};
    }
  }
  return std::nullopt;
}

}  // namespace progeny::subprocess::detail
