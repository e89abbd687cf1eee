#include "documentation.hpp"

#include <algorithm>
#include <utility>

namespace tour {

namespace {

std::string_view trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(' ');
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

// Where a declaration ends: at the `;`, or at the `{` of a body or initialiser. Inside parentheses
// `{}` is a default argument.
std::size_t end_of_declaration(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '(' ? 1 : 0;
    depth -= text[i] == ')' ? 1 : 0;
    if (depth == 0 && (text[i] == ';' || text[i] == '{')) {
      return i;
    }
  }
  return std::string_view::npos;
}

// The declaration as a caller would write it: without initialiser, body and attributes.
std::string as_written(std::string text) {
  text.erase(std::min(end_of_declaration(text), text.size()));
  for (const std::string_view noise : {"[[nodiscard]] ", "PROGENY_EXPORT ", "friend ", "inline "}) {
    if (const std::size_t at = text.find(noise); at != std::string::npos) {
      text.erase(at, noise.size());
    }
  }
  text.erase(text.find_last_not_of(" =") + 1);
  return text;
}

class Reader {
 public:
  void line(std::string_view line) {
    if (line.starts_with("///")) {
      next_.comment.emplace_back(trimmed(line.substr(3)));
      return;
    }
    // A remark to those who work on the header, such as NOLINT, is no part of the declaration.
    if (next_.comment.empty() || line.starts_with("//")) {
      return;
    }
    next_.text += (next_.text.empty() ? "" : " ") + std::string(line);
    if (line.empty() || end_of_declaration(next_.text) != std::string_view::npos) {
      next_.text = as_written(std::move(next_.text));
      all_.push_back(std::exchange(next_, {}));
    }
  }

  [[nodiscard]] std::vector<Declaration> take() { return std::move(all_); }

 private:
  std::vector<Declaration> all_;
  Declaration next_;
};

}  // namespace

std::string Declaration::summary() const {
  std::string sentence;
  for (const std::string& line : comment) {
    sentence += (sentence.empty() ? "" : " ") + line;
    const std::size_t end = (sentence + " ").find(". ");
    if (line.empty() || end != std::string::npos) {
      return sentence.substr(0, end + 1);
    }
  }
  return sentence;
}

std::vector<Declaration> read_declarations(std::string_view header) {
  Reader reader;
  while (!header.empty()) {
    const std::size_t end = header.find('\n');
    reader.line(trimmed(header.substr(0, end)));
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
  }
  return reader.take();
}

}  // namespace tour
