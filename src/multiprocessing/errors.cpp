#include <progeny/multiprocessing/errors.hpp>

#include "serial/exception_registry.hpp"
#include "serial/record.hpp"

#include <fmt/core.h>

#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing {

ProcessError::ProcessError(const std::string& message) : std::runtime_error(message) {}

BufferTooShort::BufferTooShort(std::string message, std::size_t room)
    : ProcessError(fmt::format("a message of {} bytes does not fit into the {} bytes of the buffer",
                               message.size(),
                               room)),
      message_(std::move(message)),
      room_(room) {}

namespace {

using serial::detail::RecordReader;
using serial::detail::RecordWriter;

std::string buffer_too_short_data(const BufferTooShort& error) {
  RecordWriter out;
  out.text(error.message());
  out.number(error.room());
  return std::move(out).bytes();
}

BufferTooShort buffer_too_short_of(std::string_view data) {
  RecordReader in(data);
  const std::string_view message = in.text();
  const auto room = in.number_up_to(std::numeric_limits<std::size_t>::max());
  in.expect_end();
  return {std::string(message), static_cast<std::size_t>(room)};
}

// Lets these exceptions arrive in another process as themselves. `serial` is a floor below and
// cannot name them. The registration is in this file because every program that throws one of them
// links this file.
bool register_errors() {
  using serial::detail::register_later;
  return register_later<ProcessError>("progeny::multiprocessing::ProcessError") &&
         register_later<BufferTooShort>("progeny::multiprocessing::BufferTooShort",
                                        &buffer_too_short_data,
                                        &buffer_too_short_of) &&
         register_later<TimeoutError>("progeny::multiprocessing::TimeoutError") &&
         register_later<CancelledError>("progeny::multiprocessing::CancelledError") &&
         register_later<AuthenticationError>("progeny::multiprocessing::AuthenticationError") &&
         register_later<OwnerDied>("progeny::multiprocessing::OwnerDied") &&
         register_later<BrokenBarrierError>("progeny::multiprocessing::BrokenBarrierError") &&
         register_later<Full>("progeny::multiprocessing::Full") &&
         register_later<Empty>("progeny::multiprocessing::Empty");
}

[[maybe_unused]] const bool are_registered = register_errors();

}  // namespace

}  // namespace progeny::multiprocessing
