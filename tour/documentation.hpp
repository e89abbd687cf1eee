#pragma once

// The declarations of a header with the comment before each.

#include <string>
#include <string_view>
#include <vector>

namespace tour {

/// A declaration as a caller would write it, and the comment before it.
struct Declaration {
  std::string text;
  std::vector<std::string> comment;

  /// The first sentence of the comment.
  [[nodiscard]] std::string summary() const;
};

/// Reads all declarations that have a comment, in order.
[[nodiscard]] std::vector<Declaration> read_declarations(std::string_view header);

}  // namespace tour
