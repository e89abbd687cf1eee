#pragma once

// The exception of a check, to look at.

#include <progeny/subprocess/errors.hpp>

#include <gtest/gtest.h>

namespace progeny::testing {

/// What `call` throws; a failure and a dummy if it throws nothing.
template <class Call>
[[nodiscard]] subprocess::CalledProcessError called_process_error(Call&& call) {
  try {
    call();
  } catch (const subprocess::CalledProcessError& error) {
    return error;
  }
  ADD_FAILURE() << "no CalledProcessError";
  return {0, "nothing"};
}

}  // namespace progeny::testing
