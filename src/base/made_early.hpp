#pragma once

// Statics that are never half made in a forked copy of the process.

namespace progeny::detail {

/// Calls a function when the program is loaded: `const MadeEarly early(known_regions);` at
/// namespace scope.
///
/// A local static is made at the first call of its function. If another thread forks at that
/// moment, the static stays half made in the copy, and the first call there waits for ever. Calling
/// the function early rules that out.
class MadeEarly {
 public:
  template <class Function>
  explicit MadeEarly(Function function) noexcept {
    try {
      function();
    } catch (...) {  // NOLINT(bugprone-empty-catch): the first use tries again.
    }
  }
};

}  // namespace progeny::detail
