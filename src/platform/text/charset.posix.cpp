#include "platform/text/charset.hpp"

#include <progeny/base/errors.hpp>

#include <array>
#include <cerrno>
#include <system_error>

#include <iconv.h>
#include <langinfo.h>
#include <locale.h>  // NOLINT(modernize-deprecated-headers): newlocale(3) is POSIX.

namespace progeny::platform {

namespace {

constexpr const char* utf8 = "UTF-8";
// Room for the output of one step; output that does not fit comes with the next step.
constexpr std::size_t block_size = 4096;

iconv_t no_descriptor() noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): iconv_open(3) says so.
  return reinterpret_cast<iconv_t>(-1);
}

iconv_t open(const std::string& charset, CharsetDirection direction) noexcept {
  return direction == CharsetDirection::to_utf8 ? ::iconv_open(utf8, charset.c_str())
                                                : ::iconv_open(charset.c_str(), utf8);
}

CharsetStop stop_of(int error) noexcept {
  return error == EINVAL ? CharsetStop::incomplete : CharsetStop::invalid;
}

}  // namespace

struct CharsetConverter::State {
  explicit State(iconv_t opened) noexcept : descriptor(opened) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ::iconv_close(descriptor); }

  iconv_t descriptor;
};

CharsetConverter::CharsetConverter(const std::string& charset, CharsetDirection direction) {
  iconv_t descriptor = open(charset, direction);
  if (descriptor == no_descriptor()) {
    throw OSError(std::error_code(errno, std::generic_category()), "iconv_open", charset);
  }
  state_ = std::make_unique<State>(descriptor);
}

CharsetConverter::CharsetConverter(CharsetConverter&& other) noexcept = default;
CharsetConverter& CharsetConverter::operator=(CharsetConverter&& other) noexcept = default;
CharsetConverter::~CharsetConverter() = default;

bool CharsetConverter::knows(const std::string& charset) noexcept {
  for (const auto direction : {CharsetDirection::to_utf8, CharsetDirection::from_utf8}) {
    iconv_t descriptor = open(charset, direction);
    if (descriptor == no_descriptor()) {
      return false;
    }
    ::iconv_close(descriptor);
  }
  return true;
}

CharsetConverter::Result CharsetConverter::convert(std::string_view in, std::string& out) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled below.
  std::array<char, block_size> block;
  // iconv(3) takes a pointer to non-const for historical reasons and writes nothing there.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): see above.
  char* from = const_cast<char*>(in.data());
  std::size_t from_left = in.size();
  for (;;) {
    char* to = block.data();
    std::size_t to_left = block.size();
    const std::size_t result = ::iconv(state_->descriptor, &from, &from_left, &to, &to_left);
    const int error = errno;
    out.append(block.data(), block.size() - to_left);
    const std::size_t consumed = in.size() - from_left;
    if (result != static_cast<std::size_t>(-1)) {
      return {.consumed = consumed, .stop = CharsetStop::all};
    }
    if (error != E2BIG) {
      return {.consumed = consumed, .stop = stop_of(error)};
    }
  }
}

void CharsetConverter::finish(std::string& out) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled below.
  std::array<char, block_size> block;
  char* to = block.data();
  std::size_t to_left = block.size();
  ::iconv(state_->descriptor, nullptr, nullptr, &to, &to_left);
  out.append(block.data(), block.size() - to_left);
}

void CharsetConverter::reset() noexcept {
  ::iconv(state_->descriptor, nullptr, nullptr, nullptr, nullptr);
}

std::string locale_charset() {
  const locale_t locale = ::newlocale(LC_CTYPE_MASK, "", nullptr);
  if (locale == nullptr) {
    return "ANSI_X3.4-1968";
  }
  std::string charset = ::nl_langinfo_l(CODESET, locale);
  ::freelocale(locale);
  return charset;
}

}  // namespace progeny::platform
