#pragma once

// An environment variable of this process for the time of one test.

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace progeny::testing {

/// Sets a variable, or removes it, and brings back what was there before. Not while other threads
/// look at the environment.
class ScopedEnv {
 public:
  /// Sets `name` to `value`; nothing removes it.
  ScopedEnv(std::string name, const std::optional<std::string>& value) : name_(std::move(name)) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): see above.
    if (const char* before = std::getenv(name_.c_str())) {
      before_ = before;
    }
    set(value);
  }
  ScopedEnv(const ScopedEnv&) = delete;
  ScopedEnv& operator=(const ScopedEnv&) = delete;
  ~ScopedEnv() { set(before_); }

 private:
  void set(const std::optional<std::string>& value) {
    if (value) {
      // NOLINTNEXTLINE(concurrency-mt-unsafe): see above.
      ::setenv(name_.c_str(), value->c_str(), 1);
    } else {
      ::unsetenv(name_.c_str());  // NOLINT(concurrency-mt-unsafe): see above.
    }
  }

  std::string name_;
  std::optional<std::string> before_;
};

}  // namespace progeny::testing
