#include "platform/system/type_name.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <ios>
#include <stdexcept>
#include <string>
#include <typeinfo>

namespace progeny::platform {

namespace type_name_test {

struct Plain {};
template <class T>
struct Holder {};

}  // namespace type_name_test

namespace {

using namespace type_name_test;

TEST(Demangled, IsTheNameInTheSource) {
  EXPECT_EQ(demangled("_ZN7progeny3fooEi"), "progeny::foo(int)");
  EXPECT_EQ(demangled("i"), "int");
}

TEST(Demangled, IsTheNameItselfWhereItStandsForNothing) {
  EXPECT_EQ(demangled("no such name"), "no such name");
  EXPECT_EQ(demangled(""), "");
}

TEST(TypeName, IsWithItsNamespaces) {
  EXPECT_EQ(type_name(typeid(std::out_of_range)), "std::out_of_range");
  EXPECT_EQ(type_name(typeid(Plain)), "progeny::platform::type_name_test::Plain");
  EXPECT_EQ(type_name(typeid(Holder<int>)), "progeny::platform::type_name_test::Holder<int>");
}

TEST(TypeName, HidesTheAbiOfTheStandardLibrary) {
  EXPECT_EQ(type_name(typeid(std::string)).find("[abi:"), std::string::npos);
}

// The type of what `raise` throws.
template <class Raise>
std::string name_of_thrown(Raise raise) {
  try {
    raise();
  } catch (...) {
    const std::type_info* const type = current_exception_type();
    return type != nullptr ? type_name(*type) : "";
  }
  return "nothing was thrown";
}

TEST(TypeName, IsThatOfWhatWasNested) {
  EXPECT_EQ(name_of_thrown([] { std::throw_with_nested(std::out_of_range("far")); }),
            "std::out_of_range");
  EXPECT_EQ(name_of_thrown([] { std::throw_with_nested(Holder<Plain>()); }),
            type_name(typeid(Holder<Plain>)));
}

TEST(TypeName, OfAStreamsFailureIsTheStandards) {
  EXPECT_EQ(name_of_thrown([] { throw std::ios_base::failure("disk"); }), "std::ios_base::failure");
}

TEST(CurrentExceptionType, IsThatOfTheExceptionBeingHandled) {
  EXPECT_EQ(current_exception_type(), nullptr);
  try {
    throw 5;
  } catch (int) {
    EXPECT_EQ(*current_exception_type(), typeid(int));
    try {
      throw Plain();
    } catch (const Plain&) {
      EXPECT_EQ(*current_exception_type(), typeid(Plain));
    }
    EXPECT_EQ(*current_exception_type(), typeid(int));
  }
  EXPECT_EQ(current_exception_type(), nullptr);
}

}  // namespace

}  // namespace progeny::platform
