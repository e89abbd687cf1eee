#pragma once

// What OSError says, compared in one go.

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <system_error>

namespace progeny::testing {

/// An error number and the file that it is about.
struct Failure {
  int error = 0;                             ///< As errno has it. 0: nothing was thrown.
  std::optional<std::string> filename = {};  ///< Nothing: it concerns no file.

  bool operator==(const Failure&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Failure& failure) {
  return out << std::generic_category().message(failure.error) << " ("
             << failure.filename.value_or("no file") << ")";
}

/// What `error` says, whatever numbers the system has for it.
[[nodiscard]] inline Failure failure_in(const OSError& error) {
  return {.error = error.code().default_error_condition().value(), .filename = error.filename()};
}

/// How `call` fails; any exception but OSError passes through.
template <class Call>
[[nodiscard]] Failure failure_of(Call&& call) {
  try {
    call();
    return {};
  } catch (const OSError& error) {
    return failure_in(error);
  }
}

}  // namespace progeny::testing
