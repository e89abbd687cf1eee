#include "base/command_line.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace progeny::detail {

namespace {

bool needs_quotes(std::string_view argument) {
  return argument.empty() || argument.find_first_of(" \t") != std::string_view::npos;
}

// Backslashes are special only before a double quote, also before the closing one. There they are
// doubled.
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

// Every other character has a meaning to cmd.exe in some place: blanks, commas and equal signs
// separate arguments, `&` and `|` separate commands, `^` escapes.
bool means_itself_in_batch(unsigned char character) {
  constexpr std::string_view harmless = "#$*+-./:?@\\_";
  return std::isalnum(character) != 0 ||
         harmless.find(static_cast<char>(character)) != std::string_view::npos;
}

// cmd.exe expands variables inside of quotes, too. A per cent sign followed by a variable that is
// cut to nothing (`%cd:~,%`) remains a per cent sign.
constexpr std::string_view lone_percent = "%%cd:~,%";

void append_batch_text(std::string& line, std::string_view text, bool quoted) {
  std::size_t backslashes = 0;
  for (const char character : text) {
    if (character == '%') {
      line += lone_percent;
    } else if (character == '"') {
      line.append(backslashes, '\\').append("\"\"");
    } else {
      line += character;
    }
    backslashes = character == '\\' ? backslashes + 1 : 0;
  }
  if (quoted) {
    line.append(backslashes, '\\');
  }
}

void append_batch_argument(std::string& line, std::string_view argument) {
  if (argument.find_first_of("\r\n") != std::string_view::npos) {
    throw ValueError("a batch file cannot be given an argument with a line end in it");
  }
  const bool quoted = argument.empty() || argument.ends_with('\\') ||
                      !std::ranges::all_of(argument, means_itself_in_batch);
  const std::string_view quote = quoted ? "\"" : "";
  line += quote;
  append_batch_text(line, argument, quoted);
  line += quote;
}

char lower(char letter) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}

}  // namespace

std::string join_arguments(std::span<const std::string> arguments) {
  std::string line;
  for (const std::string& argument : arguments) {
    const bool quoted = needs_quotes(argument);
    const std::string_view quote = quoted ? "\"" : "";
    line += line.empty() ? "" : " ";
    line += quote;
    append_escaped(line, argument, quoted);
    line += quote;
  }
  return line;
}

bool is_batch_file(std::string_view program) {
  const std::size_t last = program.find_last_not_of(" .");
  const std::string_view name = program.substr(0, last + 1);
  constexpr std::size_t extension_size = 4;
  if (last == std::string_view::npos || name.size() < extension_size) {
    return false;
  }
  std::string extension(name.substr(name.size() - extension_size));
  std::ranges::transform(extension, extension.begin(), lower);
  return extension == ".bat" || extension == ".cmd";
}

// /e:ON allows the cut variable, /v:OFF makes `!` an ordinary character, /d skips the commands of
// the registry's AutoRun. /c removes the outermost quotes.
std::string join_batch_arguments(std::string_view script, std::span<const std::string> arguments) {
  if (script.find('"') != std::string_view::npos || script.ends_with('\\')) {
    throw ValueError(
        fmt::format("'{}' cannot be the name of a batch file: it holds a double quote or ends with "
                    "a backslash",
                    script));
  }
  std::string line = "cmd.exe /e:ON /v:OFF /d /c \"\"";
  append_batch_text(line, script, false);
  line += '"';
  for (const std::string& argument : arguments) {
    line += ' ';
    append_batch_argument(line, argument);
  }
  return line + '"';
}

}  // namespace progeny::detail
