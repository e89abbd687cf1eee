#include "platform/text/code_pages.windows.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <span>
#include <system_error>
#include <utility>

namespace progeny::platform {

namespace {

// Pages with characters of more than two bytes.
constexpr UINT euc_jp_page = 20932;
constexpr UINT gb18030_page = 54936;

// The first byte of each character of EUC-JP that has three bytes.
constexpr char single_shift_three = '\x8f';

struct NamedPage {
  std::string_view name;
  UINT number = 0;
};

constexpr wchar_t nothing = 0;

struct Correction {
  UINT page = 0;
  unsigned char byte = 0;
  wchar_t character = nothing;
};

// NOLINTBEGIN(modernize-use-designated-initializers): rows of tables; each table names its struct.
constexpr auto named_pages = std::to_array<NamedPage>({{"ascii", ascii_page},
                                                       {"latin1", latin1_page},
                                                       {"latin2", 28592},
                                                       {"latin3", 28593},
                                                       {"latin4", 28594},
                                                       {"cyrillic", 28595},
                                                       {"arabic", 28596},
                                                       {"greek", 28597},
                                                       {"hebrew", 28598},
                                                       {"latin5", 28599},
                                                       {"latin7", 28603},
                                                       {"latin9", 28605},
                                                       {"koi8r", 20866},
                                                       {"koi8u", 21866},
                                                       {"macintosh", 10000},
                                                       {"macroman", 10000},
                                                       {"macarabic", 10004},
                                                       {"macgreek", 10006},
                                                       {"maccyrillic", 10007},
                                                       {"macromanian", 10010},
                                                       {"maccentraleurope", 10029},
                                                       {"maclatin2", 10029},
                                                       {"maciceland", 10079},
                                                       {"macturkish", 10081},
                                                       {"maccroatian", 10082},
                                                       {"shiftjis", 932},
                                                       {"sjis", 932},
                                                       {"mskanji", 932},
                                                       {"eucjp", euc_jp_page},
                                                       {"ujis", euc_jp_page},
                                                       {"gbk", 936},
                                                       {"gb2312", 936},
                                                       {"euccn", 936},
                                                       {"gb18030", gb18030_page},
                                                       {"big5", 950},
                                                       {"euckr", 20949},
                                                       {"uhc", 949},
                                                       {"johab", 1361},
                                                       {"utf8", CP_UTF8},
                                                       {"utf16le", utf16_page},
                                                       {"utf16be", utf16_big_endian_page},
                                                       {"utf32le", utf32_page},
                                                       {"utf32be", utf32_big_endian_page}});

// Names that end in a number, and the page to which the number is added.
constexpr auto numbered_pages = std::to_array<NamedPage>(
    {{"cp", 0}, {"windows", 0}, {"ibm", 0}, {"ms", 0}, {"iso8859", 28590}, {"", 0}});

// Bytes for which Python's codecs follow another edition of a standard than the system's pages.
constexpr auto corrections = std::to_array<Correction>({{1255, 0xca, nothing},
                                                        {10000, 0xbd, 0x03a9},
                                                        {10000, 0xf0, 0xf8ff},
                                                        {21866, 0xae, 0x255d},
                                                        {21866, 0xbe, 0x256c},
                                                        {28597, 0xa1, 0x2018},
                                                        {28597, 0xa2, 0x2019},
                                                        {28597, 0xa4, 0x20ac},
                                                        {28597, 0xa5, 0x20af},
                                                        {28597, 0xaa, 0x037a},
                                                        {28598, 0xaf, 0x00af},
                                                        {28598, 0xfd, 0x200e},
                                                        {28598, 0xfe, 0x200f}});
// NOLINTEND(modernize-use-designated-initializers)

// `name` in lower case, without separators; empty if `room` is too small for it.
std::string_view closed(std::string_view name, std::span<char> room) noexcept {
  std::size_t size = 0;
  for (const char letter : name) {
    if (letter == '-' || letter == '_') {
      continue;
    }
    if (size == room.size()) {
      return {};
    }
    const bool is_upper = letter >= 'A' && letter <= 'Z';
    room[size++] = is_upper ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return {room.data(), size};
}

std::optional<UINT> number_in(std::string_view digits) noexcept {
  UINT number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && stop == digits.data() + digits.size() ? std::optional(number)
                                                                       : std::nullopt;
}

std::optional<CodePage> page_named(std::string_view name) noexcept {
  if (name == "utf16" || name == "utf32") {
    return CodePage{.number = name == "utf16" ? utf16_page : utf32_page,
                    .has_byte_order_mark = true};
  }
  if (name == "ansi" || name == "mbcs") {
    return CodePage{.number = ::GetACP(), .is_lenient = true};
  }
  if (name == "oem") {
    return CodePage{.number = ::GetOEMCP(), .is_lenient = true};
  }
  if (const auto* const found = std::ranges::find(named_pages, name, &NamedPage::name);
      found != named_pages.end()) {
    return CodePage{.number = found->number};
  }
  for (const NamedPage& first : numbered_pages) {
    if (name.starts_with(first.name)) {
      const auto number = number_in(name.substr(first.name.size()));
      return number ? std::optional(CodePage{.number = first.number + *number}) : std::nullopt;
    }
  }
  return std::nullopt;
}

// Whether the page can be converted, by us or by the system.
bool is_usable(UINT page) noexcept {
  constexpr std::array own{utf16_page,
                           utf16_big_endian_page,
                           utf32_page,
                           utf32_big_endian_page,
                           ascii_page,
                           latin1_page};
  if (std::ranges::find(own, page) != own.end()) {
    return true;
  }
  CPINFO info{};
  // The symbol page has no meaning of its own: its characters are those of a font.
  if (page == CP_SYMBOL || ::IsValidCodePage(page) == FALSE || ::GetCPInfo(page, &info) == FALSE) {
    return false;
  }
  // All other pages with longer characters work by escape sequences: ISO-2022, HZ, UTF-7.
  return info.MaxCharSize <= 2 || page == CP_UTF8 || page == euc_jp_page || page == gb18030_page;
}

// The system maps a byte without a character to the control character of the same number, or to a
// character for private use.
bool is_stand_in(wchar_t character, unsigned char byte) noexcept {
  const bool is_control = byte >= 0x80 && byte <= 0x9f && character == byte;
  return is_control || (character >= 0xe000 && character <= 0xf8ff);
}

std::optional<wchar_t> correction(unsigned char byte, UINT page) noexcept {
  const auto* const found = std::ranges::find_if(corrections, [&](const Correction& candidate) {
    return candidate.page == page && candidate.byte == byte;
  });
  return found == corrections.end() ? std::nullopt : std::optional(found->character);
}

bool has_controls_of_iso(UINT page) noexcept {
  return page >= latin1_page && page <= latin1_page + 15;
}

unsigned char byte_at(std::string_view bytes, std::size_t at) noexcept {
  return static_cast<unsigned char>(bytes[at]);
}

std::size_t utf8_length(std::string_view bytes) noexcept {
  const unsigned char lead = byte_at(bytes, 0);
  if (lead < 0xc2 || lead > 0xf4) {
    return 1;
  }
  const std::size_t length = lead < 0xe0 ? 2 : (lead < 0xf0 ? 3 : 4);
  for (std::size_t at = 1; at < std::min(length, bytes.size()); ++at) {
    if ((byte_at(bytes, at) & 0xc0U) != 0x80U) {
      return 1;
    }
  }
  return length;
}

std::size_t gb18030_length(std::string_view bytes) noexcept {
  const unsigned char lead = byte_at(bytes, 0);
  if (lead < 0x81 || lead > 0xfe) {
    return 1;
  }
  const bool is_long = bytes.size() > 1 && bytes[1] >= '0' && bytes[1] <= '9';
  return is_long ? 4 : 2;
}

std::size_t whole_length(UINT page, std::string_view bytes) noexcept {
  const unsigned char lead = byte_at(bytes, 0);
  if (lead < 0x80) {
    return 1;
  }
  if (page == CP_UTF8) {
    return utf8_length(bytes);
  }
  if (page == gb18030_page) {
    return gb18030_length(bytes);
  }
  if (page == euc_jp_page && bytes[0] == single_shift_three) {
    return 3;
  }
  return ::IsDBCSLeadByteEx(page, lead) != FALSE ? 2 : 1;
}

// EUC-JP has the characters of JIS X 0212 as three bytes: 0x8F, and two with the high bit set. The
// system's page has them as two bytes, the second without its high bit.
std::optional<std::string> without_shifts(std::string_view bytes) {
  constexpr unsigned char first_of_set = 0xa1;
  std::string shorter;
  while (!bytes.empty()) {
    const std::size_t length = whole_length(euc_jp_page, bytes);
    const std::string_view character = bytes.substr(0, length);
    const bool is_high = byte_at(character, length - 1) >= 0x80;
    if (is_high != (length > 1) || (length == 3 && byte_at(character, 1) < first_of_set)) {
      return std::nullopt;
    }
    shorter += character.substr(length == 3 ? 1 : 0);
    if (length == 3) {
      shorter.back() = static_cast<char>(character.back() & 0x7f);
    }
    bytes.remove_prefix(length);
  }
  return shorter;
}

std::optional<std::string> with_shifts(std::string_view bytes) {
  std::string longer;
  while (!bytes.empty()) {
    const std::size_t length = whole_length(euc_jp_page, bytes);
    const std::string_view character = bytes.substr(0, length);
    if (length == 2 && byte_at(character, 1) < 0x80) {
      longer += single_shift_three;
      longer += character[0];
      longer += static_cast<char>(byte_at(character, 1) | 0x80U);
    } else if (length == 2 || byte_at(character, 0) < 0x80) {
      longer += character;
    } else {
      return std::nullopt;
    }
    bytes.remove_prefix(length);
  }
  return longer;
}

}  // namespace

std::optional<CodePage> find_code_page(std::string_view name) noexcept {
  std::array<char, 24> room{};
  const auto page = page_named(closed(name, room));
  return page && is_usable(page->number) ? page : std::nullopt;
}

bool is_single_byte(UINT page) noexcept {
  CPINFO info{};
  return page == ascii_page || page == latin1_page ||
         (::GetCPInfo(page, &info) != FALSE && info.MaxCharSize == 1);
}

std::optional<wchar_t> character_of(unsigned char byte, const CodePage& page) noexcept {
  if (page.number == ascii_page) {
    return byte < 0x80 ? std::optional<wchar_t>(byte) : std::nullopt;
  }
  if (page.number == latin1_page || (has_controls_of_iso(page.number) && byte <= 0x9f)) {
    return byte;
  }
  if (const auto corrected = correction(byte, page.number); corrected && !page.is_lenient) {
    return *corrected == nothing ? std::nullopt : corrected;
  }
  const char given = static_cast<char>(byte);
  wchar_t character = L'\0';
  if (::MultiByteToWideChar(page.number, MB_ERR_INVALID_CHARS, &given, 1, &character, 1) != 1 ||
      (is_stand_in(character, byte) && !page.is_lenient)) {
    return std::nullopt;
  }
  return character;
}

std::size_t character_length(UINT page, std::string_view bytes) noexcept {
  const std::size_t length = whole_length(page, bytes);
  return length <= bytes.size() ? length : 0;
}

std::optional<std::wstring> from_page(UINT page, std::string_view bytes) {
  std::optional<std::string> shorter;
  if (page == euc_jp_page) {
    shorter = without_shifts(bytes);
    if (!shorter) {
      return std::nullopt;
    }
    bytes = *shorter;
  }
  std::wstring text(bytes.size(), L'\0');
  const int count = ::MultiByteToWideChar(page,
                                          MB_ERR_INVALID_CHARS,
                                          bytes.data(),
                                          static_cast<int>(bytes.size()),
                                          text.data(),
                                          static_cast<int>(text.size()));
  text.resize(static_cast<std::size_t>(count));
  return count > 0 ? std::optional(std::move(text)) : std::nullopt;
}

std::optional<std::string> to_page(UINT page, std::wstring_view text) {
  constexpr std::size_t most_bytes = 4;  // For one unit of UTF-16, in any page.
  // The call fails for pages with all of Unicode if it is asked whether it substituted something.
  const bool has_all = page == CP_UTF8 || page == gb18030_page;
  BOOL is_substituted = FALSE;
  std::string bytes(text.size() * most_bytes, '\0');
  const int size = ::WideCharToMultiByte(page,
                                         has_all ? WC_ERR_INVALID_CHARS : WC_NO_BEST_FIT_CHARS,
                                         text.data(),
                                         static_cast<int>(text.size()),
                                         bytes.data(),
                                         static_cast<int>(bytes.size()),
                                         nullptr,
                                         has_all ? nullptr : &is_substituted);
  if (size <= 0 || is_substituted != FALSE) {
    return std::nullopt;
  }
  bytes.resize(static_cast<std::size_t>(size));
  return page == euc_jp_page ? with_shifts(bytes) : bytes;
}

}  // namespace progeny::platform
