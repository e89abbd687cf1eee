#pragma once

// Exceptions that go to another process and arrive, without the process.

#include <progeny/serial/exceptions.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <optional>
#include <string>
#include <typeinfo>

namespace progeny::testing {

template <class Function>
std::exception_ptr thrown_by(Function function) {
  try {
    function();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

// What the other process would get.
inline std::exception_ptr there_and_back(const std::exception_ptr& error) {
  return serial::decode_exception(serial::encode_exception(error));
}

template <class Error>
std::exception_ptr there_and_back_of(const Error& error) {
  return there_and_back(std::make_exception_ptr(error));
}

// The exception as an `Error`, if it is one itself and not merely derived from it by the program.
template <class Error>
std::optional<Error> as(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Error& caught) {
    return caught;
  } catch (...) {
    return std::nullopt;
  }
}

// Whether it arrives as what it is, and says the same. A second journey names its type exactly.
template <class Error>
void expect_itself(const Error& error) {
  const auto arrived = there_and_back_of(error);
  const auto same = as<Error>(arrived);
  ASSERT_TRUE(same.has_value()) << typeid(Error).name();
  EXPECT_STREQ(same->what(), error.what());
  const auto expected_name = serial::remote_traceback(arrived)->type_name();
  EXPECT_EQ(serial::remote_traceback(there_and_back(arrived))->type_name(), expected_name);
}

template <class Function>
std::string message_there_and_back(Function function) {
  try {
    std::rethrow_exception(there_and_back(thrown_by(function)));
  } catch (const std::exception& caught) {
    return caught.what();
  }
}

}  // namespace progeny::testing
