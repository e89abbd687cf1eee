#pragma once

// The declarations of a header with the comment before each.

#include <string>
#include <string_view>
#include <vector>

namespace tour {

/// What is declared, as a caller writes it, and what is said of it.
struct Declaration {
  std::string text;
  std::vector<std::string> comment;

  /// The first sentence of the comment.
  [[nodiscard]] std::string summary() const;
};

/// Reads all that has a comment, in order.
[[nodiscard]] std::vector<Declaration> read_declarations(std::string_view header);

}  // namespace tour
