#pragma once

// An environment variable of this process for the time of one test.

#include <optional>
#include <string>
#include <utility>

namespace progeny::testing {

/// The value of an environment variable of this process.
[[nodiscard]] std::optional<std::string> variable(const std::string& name);

/// Sets an environment variable of this process; nothing removes it.
void set_variable(const std::string& name, const std::optional<std::string>& value);

/// Sets a variable, or removes it, and brings back what was there before. Not while other threads
/// look at the environment.
class ScopedEnv {
 public:
  /// Sets `name` to `value`; nothing removes it.
  ScopedEnv(std::string name, const std::optional<std::string>& value)
      : name_(std::move(name)), before_(variable(name_)) {
    set_variable(name_, value);
  }
  ScopedEnv(const ScopedEnv&) = delete;
  ScopedEnv& operator=(const ScopedEnv&) = delete;
  ~ScopedEnv() { set_variable(name_, before_); }

 private:
  std::string name_;
  std::optional<std::string> before_;
};

}  // namespace progeny::testing
