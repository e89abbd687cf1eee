#include <progeny/subprocess/list2cmdline.hpp>

#include <string_view>

namespace progeny::subprocess {

namespace {

bool needs_quotes(std::string_view argument) {
  return argument.empty() || argument.find_first_of(" \t") != std::string_view::npos;
}

// Backslashes are special only where a double quote follows them, be it the closing one.
void append_escaped(std::string& line, std::string_view argument, bool quoted) {
  std::size_t backslashes = 0;
  for (const char character : argument) {
    if (character == '"') {
      line.append(backslashes + 1, '\\');
    }
    backslashes = character == '\\' ? backslashes + 1 : 0;
    line += character;
  }
  if (quoted) {
    line.append(backslashes, '\\');
  }
}

}  // namespace

std::string list2cmdline(const Args& args) {
  std::string line;
  for (const std::string& argument : args.items()) {
    const bool quoted = needs_quotes(argument);
    const std::string_view quote = quoted ? "\"" : "";
    line += line.empty() ? "" : " ";
    line += quote;
    append_escaped(line, argument, quoted);
    line += quote;
  }
  return line;
}

}  // namespace progeny::subprocess
