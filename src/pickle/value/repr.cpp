// What Python's repr says of a value.

#include "pickle/value/node.hpp"

#include <progeny/pickle/value.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <span>

namespace progeny::pickle {

namespace {

using detail::NodeAccess;

// Writes until the limit; then nothing is added but the ends of what is open.
class Printer {
 public:
  explicit Printer(std::size_t limit) : limit_(limit) {}

  void print(const Value& value);
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  static constexpr std::size_t deepest = 100;

  [[nodiscard]] bool is_full() const { return text_.size() >= limit_; }
  void print_node(const Value& value);
  void print_number(double value);
  void print_quoted(std::string_view text, bool is_text);
  void print_items(std::string_view open, std::span<const Value> items, std::string_view close);
  void print_pairs(std::span<const Value::Pair> pairs);
  void print_recipe(const Recipe& recipe);

  std::size_t limit_;
  std::string text_;
  std::vector<const detail::Node*> open_;
};

void Printer::print_number(double value) {
  if (std::isnan(value)) {
    text_ += "nan";
  } else if (std::isinf(value)) {
    text_ += value < 0 ? "-inf" : "inf";
  } else {
    const double size = std::fabs(value);
    const bool is_plain = size == 0 || (1e-4 <= size && size < 1e16);
    std::string digits = fmt::format("{}", value);
    if (is_plain && digits.find('e') != std::string::npos) {
      digits = fmt::format("{:f}", value);
    }
    text_ += digits;
    if (digits.find_first_of(".e") == std::string::npos) {
      text_ += ".0";
    }
  }
}

void Printer::print_quoted(std::string_view text, bool is_text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  text_ += quote;
  for (const char c : text) {
    if (is_full()) {
      text_ += "...";
      break;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      text_ += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !is_text)) {
      text_ += fmt::format("\\x{:02x}", byte);
    } else {
      text_ += c;
    }
  }
  text_ += quote;
}

void Printer::print_items(std::string_view open,
                          std::span<const Value> items,
                          std::string_view close) {
  text_ += open;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (is_full()) {
      text_ += "...";
      break;
    }
    print(items[i]);
    text_ += i + 1 < items.size() ? ", " : "";
  }
  text_ += close;
}

void Printer::print_pairs(std::span<const Value::Pair> pairs) {
  text_ += '{';
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (is_full()) {
      text_ += "...";
      break;
    }
    print(pairs[i].first);
    text_ += ": ";
    print(pairs[i].second);
    text_ += i + 1 < pairs.size() ? ", " : "";
  }
  text_ += '}';
}

// As the call that makes it: `decimal.Decimal('1.5')`. Python prints objects as their classes
// choose.
void Printer::print_recipe(const Recipe& recipe) {
  if (recipe.callable.kind() == Kind::global) {
    const Global& global = recipe.callable.as_global();
    text_ += global.module == "builtins" ? global.name : global.module + "." + global.name;
  } else {
    print(recipe.callable);
  }
  if (recipe.args.kind() == Kind::tuple) {
    print_items("(", recipe.args.items(), ")");
  } else {
    text_ += "(*";
    print(recipe.args);
    text_ += ')';
  }
  for (const Value& state : recipe.states) {
    text_ += " with ";
    print(state);
  }
  if (!recipe.items.empty()) {
    print_items(" [", recipe.items, "]");
  }
  if (!recipe.pairs.empty()) {
    text_ += ' ';
    print_pairs(recipe.pairs);
  }
}

void Printer::print_node(const Value& value) {
  switch (value.kind()) {
    case Kind::tuple:
      print_items("(", value.items(), value.items().size() == 1 ? ",)" : ")");
      break;
    case Kind::list:
      print_items("[", value.items(), "]");
      break;
    case Kind::set:
      value.items().empty() ? text_ += "set()" : (print_items("{", value.items(), "}"), text_);
      break;
    case Kind::frozenset:
      value.items().empty() ? text_ += "frozenset()"
                            : (print_items("frozenset({", value.items(), "})"), text_);
      break;
    case Kind::dict:
      print_pairs(value.pairs());
      break;
    default:
      print_recipe(value.as_object());
      break;
  }
}

void Printer::print(const Value& value) {
  switch (value.kind()) {
    case Kind::none:
      text_ += "None";
      return;
    case Kind::boolean:
      text_ += value.as_bool() ? "True" : "False";
      return;
    case Kind::integer: {
      // Digits of a huge one would take minutes.
      const std::string bytes = value.int_bytes();
      text_ += bytes.size() > 2'000 ? fmt::format("<int of {} bytes>", bytes.size())
                                    : value.int_decimal();
      return;
    }
    case Kind::floating:
      print_number(value.as_float());
      return;
    case Kind::text:
      print_quoted(value.as_text(), true);
      return;
    case Kind::bytes:
      text_ += 'b';
      print_quoted(value.as_bytes(), false);
      return;
    case Kind::bytearray:
      text_ += "bytearray(b";
      print_quoted(value.as_bytes(), false);
      text_ += ')';
      return;
    case Kind::global:
      text_ += fmt::format("<{}.{}>", value.as_global().module, value.as_global().name);
      return;
    default:
      break;
  }
  const detail::Node* const node = NodeAccess::node(value);
  if (open_.size() >= deepest || std::find(open_.begin(), open_.end(), node) != open_.end()) {
    text_ += value.kind() == Kind::list ? "[...]" : value.kind() == Kind::dict ? "{...}" : "(...)";
    return;
  }
  open_.push_back(node);
  print_node(value);
  open_.pop_back();
}

}  // namespace

std::string Value::repr(std::size_t limit) const {
  Printer printer(limit);
  printer.print(*this);
  return std::move(printer).take();
}

std::ostream& operator<<(std::ostream& out, const Value& value) {
  return out << value.repr();
}

}  // namespace progeny::pickle
