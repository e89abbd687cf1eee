// The instructions of protocols 0 and 1, most of them lines of text.

#include "pickle/machine/reader.hpp"
#include "pickle/value/integers.hpp"
#include "pickle/value/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace progeny::pickle::detail {

namespace {

int digit_of(char c) {
  return '0' <= c && c <= '9'   ? c - '0'
         : 'a' <= c && c <= 'f' ? c - 'a' + 10
         : 'A' <= c && c <= 'F' ? c - 'A' + 10
                                : -1;
}

// The number of `count` hexadecimal digits at the beginning.
std::optional<std::uint32_t> hexadecimal(std::string_view text, std::size_t count) {
  if (text.size() < count) {
    return std::nullopt;
  }
  std::uint32_t number = 0;
  for (const char c : text.substr(0, count)) {
    const int digit = digit_of(c);
    if (digit < 0) {
      return std::nullopt;
    }
    number = number << 4U | static_cast<std::uint32_t>(digit);
  }
  return number;
}

void append_character(std::string& text, std::uint32_t character) {
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (character < 0x80) {
    add(character);
  } else if (character < 0x800) {
    add(0xC0U | character >> 6U);
    add(0x80U | (character & 0x3FU));
  } else if (character < 0x10000) {
    add(0xE0U | character >> 12U);
    add(0x80U | (character >> 6U & 0x3FU));
    add(0x80U | (character & 0x3FU));
  } else {
    add(0xF0U | character >> 18U);
    add(0x80U | (character >> 12U & 0x3FU));
    add(0x80U | (character >> 6U & 0x3FU));
    add(0x80U | (character & 0x3FU));
  }
}

// `raw-unicode-escape`: bytes are characters, but for `\u20ac` and `\U0001f30d`.
std::string unescaped_unicode(std::string_view raw) {
  std::string text;
  while (!raw.empty()) {
    if (raw.size() > 1 && raw[0] == '\\' && (raw[1] == 'u' || raw[1] == 'U')) {
      const std::size_t digits = raw[1] == 'u' ? 4 : 8;
      const auto character = hexadecimal(raw.substr(2), digits);
      if (character && *character < 0x110000) {
        append_character(text, *character);
        raw.remove_prefix(2 + digits);
        continue;
      }
    }
    append_character(text, static_cast<unsigned char>(raw.front()));
    raw.remove_prefix(1);
  }
  return text;
}

// What Python 2's repr of a str means, in its quotes.
std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != text.back() ||
      (text.front() != '\'' && text.front() != '"')) {
    return std::nullopt;
  }
  text = text.substr(1, text.size() - 2);
  std::string result;
  while (!text.empty()) {
    if (text.front() != '\\') {
      result += text.front();
      text.remove_prefix(1);
      continue;
    }
    if (text.size() < 2) {
      return std::nullopt;
    }
    constexpr std::string_view letters = "\\'\"abfnrtv";
    constexpr std::string_view meanings = "\\'\"\a\b\f\n\r\t\v";
    if (const std::size_t at = letters.find(text[1]); at != std::string_view::npos) {
      result += meanings[at];
      text.remove_prefix(2);
    } else if (const auto byte = hexadecimal(text.substr(2), 2); text[1] == 'x' && byte) {
      result += static_cast<char>(*byte);
      text.remove_prefix(4);
    } else {
      return std::nullopt;
    }
  }
  return result;
}

}  // namespace

std::string_view Reader::line() {
  const std::size_t end = data_.find('\n', at_);
  if (end == std::string_view::npos) {
    fail("a line has no end");
  }
  const std::string_view text = take(end - at_);
  ++at_;
  return text;
}

std::size_t Reader::decimal_line() {
  const std::string_view text = line();
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail("a number of the memo is none");
  }
  return number;
}

bool Reader::read_line_of_text(Opcode opcode) {
  constexpr std::size_t most_digits = 100'000;  // Reading takes time with their square.
  switch (opcode) {
    case Opcode::int_line:
    case Opcode::long_line: {
      std::string_view text = line();
      if (opcode == Opcode::int_line && (text == "00" || text == "01")) {
        push(text == "01");
        return true;
      }
      if (text.ends_with('L')) {
        text.remove_suffix(1);
      }
      if (text.size() > most_digits) {
        fail(fmt::format("an int has {} digits, more than {}", text.size(), most_digits));
      }
      try {
        push_integer(from_decimal(text));
      } catch (const ValueError& error) {
        if (dynamic_cast<const UnpicklingError*>(&error) != nullptr) {
          throw;
        }
        fail(error.what());
      }
      return true;
    }
    case Opcode::float_line: {
      const std::string_view text = line();
      double number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size()) {
        fail("a float is none");
      }
      push(number);
      return true;
    }
    case Opcode::string_line: {
      const auto text = unquoted(line());
      if (!text) {
        fail("a str has no quotes, or an escape that does not exist");
      }
      push_text(*text);
      return true;
    }
    case Opcode::binstring:
      if (const std::int32_t count = signed_number(); count >= 0) {
        push_text(take(static_cast<std::uint64_t>(count)));
        return true;
      }
      fail("a str has a negative length");
    case Opcode::short_binstring:
      push_text(take(unsigned_number(1)));
      return true;
    case Opcode::unicode_line:
      push_text(unescaped_unicode(line()));
      return true;
    case Opcode::get: {
      const std::size_t number = decimal_line();
      const Value* const value = memo_.find(number);
      if (value == nullptr) {
        fail(fmt::format("the memo has no value {}", number));
      }
      push_again(*value);
      return true;
    }
    case Opcode::put: {
      const std::size_t number = decimal_line();
      charge(2 * sizeof(Value));
      memo_.put(number, top());
      return true;
    }
    default:
      return false;
  }
}

bool Reader::read_old_object(Opcode opcode) {
  switch (opcode) {
    case Opcode::list: {
      Value made = Value::list();
      append_to(made, pop_to_mark());
      push(std::move(made));
      return true;
    }
    case Opcode::dict: {
      Value made = Value::dict();
      set_items_of(made, pop_to_mark());
      push(std::move(made));
      return true;
    }
    case Opcode::inst: {
      const std::string_view module = line();
      push_global(module, line());
      Recipe recipe;
      recipe.callable = pop();
      recipe.args = Value::tuple(pop_to_mark());
      push_object(std::move(recipe));
      return true;
    }
    case Opcode::obj: {
      std::vector<Value> args = pop_to_mark();
      if (args.empty()) {
        fail("an object has no class");
      }
      Recipe recipe;
      recipe.callable = std::move(args.front());
      args.erase(args.begin());
      recipe.args = Value::tuple(std::move(args));
      push_object(std::move(recipe));
      return true;
    }
    default:
      return false;
  }
}

}  // namespace progeny::pickle::detail
