// How the exceptions of `multiprocessing` get from one process to another as themselves.

#include "multiprocessing/errors_travel.hpp"

#include "serial/exception_registry.hpp"
#include "serial/record.hpp"

#include <progeny/multiprocessing/errors.hpp>

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
  using serial::detail::register_later;
  return register_later<ProcessError>("progeny::multiprocessing::ProcessError") &&
         register_later<BufferTooShort>("progeny::multiprocessing::BufferTooShort",
                                        &buffer_too_short_data,
                                        &buffer_too_short_of) &&
         register_later<TimeoutError>("progeny::multiprocessing::TimeoutError") &&
         register_later<AuthenticationError>("progeny::multiprocessing::AuthenticationError") &&
         register_later<OwnerDied>("progeny::multiprocessing::OwnerDied") &&
         register_later<BrokenBarrierError>("progeny::multiprocessing::BrokenBarrierError") &&
         register_later<Full>("progeny::multiprocessing::Full") &&
         register_later<Empty>("progeny::multiprocessing::Empty");
}

}  // namespace progeny::multiprocessing::detail
