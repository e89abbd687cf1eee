// The exceptions of multiprocessing arrive from another process with their types.

#include "multiprocessing/methods.hpp"

#include <progeny/multiprocessing/errors.hpp>
#include <progeny/serial/exceptions.hpp>

#include <exception>
#include <string>
#include <type_traits>
#include <typeinfo>

namespace {

namespace mp = progeny::multiprocessing;

class TravellingErrors : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(TravellingErrors);

template <class Error>
void send_error(mp::Connection& out) {
  out.send(progeny::serial::encode_exception(
      std::make_exception_ptr(Error(std::string("the message")))));
}

template <>
void send_error<mp::BufferTooShort>(mp::Connection& out) {
  out.send(progeny::serial::encode_exception(
      std::make_exception_ptr(mp::BufferTooShort("the message", 3))));
}

template <class Error>
void expect_type(const std::string& received) {
  try {
    progeny::serial::rethrow(received);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("message"), std::string::npos);
  } catch (const std::exception& other) {
    ADD_FAILURE() << typeid(Error).name() << " has come as " << other.what();
  }
}

// MP-001
TEST_P(TravellingErrors, KeepTheirTypes) {
  const auto expect = []<class Error>(std::type_identity<Error>) {
    expect_type<Error>(answer_of<std::string>(send_error<Error>));
  };
  expect(std::type_identity<mp::ProcessError>());
  expect(std::type_identity<mp::TimeoutError>());
  expect(std::type_identity<mp::AuthenticationError>());
  expect(std::type_identity<mp::CancelledError>());
  expect(std::type_identity<mp::OwnerDied>());
  expect(std::type_identity<mp::BrokenBarrierError>());
  expect(std::type_identity<mp::Full>());
  expect(std::type_identity<mp::Empty>());
}

TEST_P(TravellingErrors, KeepTheMessageThatWasTooLong) {
  try {
    progeny::serial::rethrow(answer_of<std::string>(send_error<mp::BufferTooShort>));
  } catch (const mp::BufferTooShort& error) {
    EXPECT_EQ(error.message(), "the message");
    EXPECT_EQ(error.room(), 3U);
  }
}

}  // namespace
