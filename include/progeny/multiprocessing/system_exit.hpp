#pragma once

// How a target ends its process: Python's `sys.exit`.

#include <progeny/export.hpp>

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace progeny::multiprocessing {

/// Ends the child whose target throws it.
///
/// - Python: `SystemExit`, which `sys.exit` raises.
class PROGENY_EXPORT SystemExit : public std::exception {
 public:
  /// With this exit code. The system keeps its lowest eight bits (POSIX).
  explicit SystemExit(int code = 0) noexcept : code_(code) {}
  /// With a text: the child writes it to stderr as a line and exits with 1.
  explicit SystemExit(std::string text)
      : code_(1), text_(std::make_shared<const std::string>(std::move(text))) {}
  /// The exit code.
  [[nodiscard]] int code() const noexcept { return code_; }
  /// Whether it was made with a text, which is what `what()` returns then.
  [[nodiscard]] bool has_text() const noexcept { return text_ != nullptr; }
  /// The text, or `SystemExit` if there is none.
  [[nodiscard]] const char* what() const noexcept override {
    return text_ ? text_->c_str() : "SystemExit";
  }

 private:
  int code_;
  std::shared_ptr<const std::string> text_;  // Shared, as copying an exception must not throw.
};

}  // namespace progeny::multiprocessing
