#pragma once

// Function-local statics that a forked child never finds half constructed.

namespace progeny::detail {

/// Calls a function while the program is loaded, at namespace scope:
///
///     const MadeEarly early(switches);
///
/// A function-local static is constructed by the first call of its function, under a lock of the
/// C++ runtime. If another thread forks at that moment, the child waits for that lock for ever.
class MadeEarly {
 public:
  template <class Function>
  explicit MadeEarly(Function function) noexcept {
    try {
      function();
    } catch (...) {  // NOLINT(bugprone-empty-catch): the next call tries again, and may throw.
    }
  }
};

}  // namespace progeny::detail
