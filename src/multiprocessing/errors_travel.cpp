// How the exceptions of `multiprocessing` get from one process to another as themselves.

#include "multiprocessing/errors_travel.hpp"

#include "serial/record.hpp"

#include <progeny/multiprocessing/errors.hpp>
#include <progeny/serial/register_exception.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::multiprocessing::detail {

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

}  // namespace

bool let_errors_travel() {
  using serial::register_exception;
  return register_exception<ProcessError>("progeny::multiprocessing::ProcessError") &&
         register_exception<BufferTooShort>("progeny::multiprocessing::BufferTooShort",
                                            &buffer_too_short_data,
                                            &buffer_too_short_of) &&
         register_exception<TimeoutError>("progeny::multiprocessing::TimeoutError") &&
         register_exception<AuthenticationError>("progeny::multiprocessing::AuthenticationError") &&
         register_exception<OwnerDied>("progeny::multiprocessing::OwnerDied") &&
         register_exception<BrokenBarrierError>("progeny::multiprocessing::BrokenBarrierError") &&
         register_exception<Full>("progeny::multiprocessing::Full") &&
         register_exception<Empty>("progeny::multiprocessing::Empty");
}

}  // namespace progeny::multiprocessing::detail
