#include <progeny/subprocess/shlex.hpp>

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <optional>

namespace progeny::subprocess::shlex {

namespace {

constexpr std::string_view spaces = " \t\r\n";

// Reads words one after another. A state is what the last character has begun.
class Splitter {
 public:
  Splitter(std::string_view text, const SplitOptions& options) : rest_(text), options_(options) {}

  // The next word, or nothing at the end.
  std::optional<std::string> next() {
    word_.clear();
    has_word_ = false;
    while (!rest_.empty()) {
      const char c = take();
      if (spaces.find(c) != std::string_view::npos) {
        if (has_word_) {
          return word_;
        }
      } else if (c == '#' && options_.comments) {
        // Also inside a word, as in Python; without `posix` the word goes on in the next line.
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
        rest_.remove_prefix(std::min<std::size_t>(rest_.size(), 1));
        if (has_word_ && options_.posix) {
          return word_;
        }
      } else if (c == '\\' && options_.posix) {
        add_escaped();
      } else if (c == '\'' || c == '"') {
        if (add_quoted(c)) {
          return word_;
        }
      } else {
        add(c);
      }
    }
    return has_word_ ? std::optional(word_) : std::nullopt;
  }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void add(char c) {
    word_ += c;
    has_word_ = true;
  }

  void add_escaped() {
    if (rest_.empty()) {
      throw ValueError("No escaped character");
    }
    add(take());
  }

  // Without `posix` a quoted part at the beginning of a word is a word of its own, quotes and all.
  bool add_quoted(char quote) {
    if (!options_.posix) {
      const bool begins_word = !has_word_;
      if (!begins_word) {
        add(quote);  // Inside a word a quote is a character like others.
        return false;
      }
      add(quote);
      const std::size_t end = rest_.find(quote);
      if (end == std::string_view::npos) {
        throw ValueError("No closing quotation");
      }
      word_ += rest_.substr(0, end + 1);
      rest_.remove_prefix(end + 1);
      return true;
    }
    has_word_ = true;
    for (;;) {
      if (rest_.empty()) {
        throw ValueError("No closing quotation");
      }
      const char c = take();
      if (c == quote) {
        return false;
      }
      if (c == '\\' && quote == '"') {
        if (rest_.empty()) {
          throw ValueError("No escaped character");
        }
        const char escaped = take();
        if (escaped != '"' && escaped != '\\') {
          word_ += '\\';
        }
        word_ += escaped;
      } else {
        word_ += c;
      }
    }
  }

  std::string_view rest_;
  const SplitOptions& options_;
  std::string word_;
  bool has_word_ = false;
};

bool is_safe(char c) {
  return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') ||
         std::string_view("@%+=:,./-_").find(c) != std::string_view::npos;
}

}  // namespace

std::vector<std::string> split(std::string_view command, const SplitOptions& options) {
  std::vector<std::string> words;
  Splitter splitter(command, options);
  while (auto word = splitter.next()) {
    words.push_back(*std::move(word));
  }
  return words;
}

std::string quote(std::string_view word) {
  if (!word.empty() && std::ranges::all_of(word, is_safe)) {
    return std::string(word);
  }
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\"'\"'";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string join(const std::vector<std::string>& words) {
  std::string command;
  for (const std::string& word : words) {
    command += (command.empty() ? "" : " ") + quote(word);
  }
  return command;
}

std::string join(const Args& args) {
  return args.is_string() ? args.items().front() : join(args.items());
}

}  // namespace progeny::subprocess::shlex
