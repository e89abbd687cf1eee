#include "page.hpp"

#include <algorithm>
#include <stdexcept>

namespace tour {

namespace {

// Of terminals (ECMA-48).
constexpr int bold = 1;
constexpr int red = 31;
constexpr int green = 32;

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

// Shows `page.out(x);` as `x`, and every other line as it is.
std::string as_typed(std::string_view line) {
  constexpr std::string_view after = ");";
  for (const std::string_view before : {"page.out(", "page.help("}) {
    if (line.starts_with(before) && line.ends_with(after)) {
      line.remove_prefix(before.size());
      line.remove_suffix(after.size());
    }
  }
  return std::string(line);
}

}  // namespace

Page::Page(std::ostream& out, std::string_view source, bool coloured)
    : out_(out), source_(source), coloured_(coloured) {}

void Page::title(std::string_view sentence) {
  coloured(sentence, bold);
  out_ << '\n' << std::flush;
}

void Page::text(std::string_view sentence) {
  out_ << "\n" << sentence << '\n' << std::flush;
}

std::string Page::text_of_label(std::string_view name) const {
  return std::string(name) + "[" + std::to_string(number_) + "]: ";
}

void Page::coloured(std::string_view text, int colour) {
  if (coloured_) {
    out_ << "\x1b[" << colour << "m" << text << "\x1b[0m";
  } else {
    out_ << text;
  }
}

void Page::label(std::string_view name, int colour) {
  coloured(text_of_label(name), colour);
}

void Page::include(int number, std::string_view header) {
  number_ = number;
  const std::string line = "#include <" + std::string(header) + ">";
  if (source_.find("\n" + line + "\n") == std::string_view::npos) {
    throw std::logic_error("the source does not say " + line);
  }
  out_ << "\n";
  label("In ", green);
  out_ << line << '\n' << std::flush;
}

void Page::cell(int number) {
  number_ = number;
  const std::string mark = " page.cell(" + std::to_string(number) + ");\n";
  const std::size_t found = source_.find(mark);
  if (found == std::string_view::npos) {
    throw std::logic_error("the source has no cell " + std::to_string(number));
  }
  std::string_view rest = source_.substr(found + mark.size());
  const std::size_t indent = indent_of(rest);
  out_ << "\n";
  label("In ", green);
  bool first = true;
  const std::string margin(text_of_label("In ").size(), ' ');
  for (auto line = next_line(rest); !line.empty() && indent_of(line) >= indent;
       line = next_line(rest)) {
    out_ << (first ? "" : margin) << as_typed(line.substr(indent)) << "\n";
    first = false;
  }
  out_ << std::flush;
}

void Page::result(std::string_view text) {
  label("Out", red);
  out_ << text << '\n' << std::flush;
}

void Page::out(const std::vector<progeny::subprocess::Popen>& popens) {
  std::string text = "[";
  const std::string margin(text_of_label("Out").size() + text.size(), ' ');
  for (const auto& popen : popens) {
    text += (text.size() > 1 ? ",\n" + margin : "") + popen.repr();
  }
  result(text + "]");
}

void Page::out(const std::vector<std::string>& lines) {
  result(progeny::subprocess::Args(lines).repr());
}

void Page::out(const std::vector<int>& numbers) {
  std::string text;
  for (const int number : numbers) {
    text += (text.empty() ? "" : ", ") + std::to_string(number);
  }
  result("[" + text + "]");
}

void Page::help(std::string_view text) {
  out_ << text << std::flush;
}

void Page::raised(std::string_view type, const std::exception& error) {
  coloured(type, red);
  out_ << ": " << error.what() << '\n' << std::flush;
}

}  // namespace tour
