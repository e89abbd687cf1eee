#include "help.hpp"

#include <string_view>

namespace tour {

extern const std::string_view popen_header;
extern const std::string_view options_header;

namespace {

std::string_view trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(' ');
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

// Where a declaration ends, or what a compiler alone reads begins: at `;` or `{` outside of all
// parentheses, in which `{}` is a default.
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

// Declarations with the comment before each, one below the other.
class Documentation {
 public:
  void read(std::string_view header) {
    while (!header.empty()) {
      const std::size_t end = header.find('\n');
      line(trimmed(header.substr(0, end)));
      header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
    }
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void line(std::string_view line) {
    if (line.starts_with("///")) {
      const std::string_view text = trimmed(line.substr(3));
      comment_ += text.empty() ? "\n" : "      " + std::string(text) + "\n";
      return;
    }
    if (comment_.empty()) {
      return;
    }
    declaration_ += (declaration_.empty() ? "" : " ") + std::string(line);
    if (line.empty() || end_of_declaration(declaration_) != std::string_view::npos) {
      finish();
    }
  }

  // What a caller writes: without the initialiser, the body and what only compilers read.
  void finish() {
    std::string shown = declaration_.substr(0, end_of_declaration(declaration_));
    for (const std::string_view noise : {"[[nodiscard]] ", "PROGENY_EXPORT ", "friend "}) {
      if (const std::size_t at = shown.find(noise); at != std::string::npos) {
        shown.erase(at, noise.size());
      }
    }
    shown.erase(shown.find_last_not_of(" =") + 1);
    text_ += "\n  " + shown + "\n" + comment_;
    comment_.clear();
    declaration_.clear();
  }

  std::string text_;
  std::string comment_;
  std::string declaration_;
};

// The class with the comment before it, without what stands above it in the header.
std::string_view popen_class() {
  const std::size_t begin = popen_header.find("\nclass PROGENY_EXPORT Popen");
  return popen_header.substr(popen_header.rfind("\n\n", begin));
}

// The arguments that Popen takes; before them stand those of run().
std::string_view popen_options() {
  const std::size_t begin = options_header.find("  int bufsize");
  return options_header.substr(options_header.rfind("\n\n", begin));
}

}  // namespace

std::string help_on_popen() {
  Documentation methods;
  methods.read(popen_class());
  Documentation options;
  options.read(popen_options());
  return "Help on class Popen in progeny::subprocess:\n" + methods.text() +
         "\nKeyword arguments, in progeny::subprocess::Options:\n" + options.text() + "\n";
}

}  // namespace tour
