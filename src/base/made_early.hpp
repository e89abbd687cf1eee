#pragma once

// Statics that no copy of the process finds half made.

namespace progeny::detail {

/// What a function keeps as a static is made at its first call. If another thread copies the
/// process just then, the copy waits for ever for somebody to finish it. This calls the function
/// when the program is loaded: `const MadeEarly early(known_regions);` at namespace scope.
class MadeEarly {
 public:
  template <class Function>
  explicit MadeEarly(Function function) noexcept {
    try {
      function();
    } catch (...) {  // NOLINT(bugprone-empty-catch): its first use makes it, or throws.
    }
  }
};

}  // namespace progeny::detail
