#include "multiprocessing/channel/channel_errors.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <system_error>

namespace progeny::multiprocessing::detail {

void throw_os_error(std::errc code, const char* what) {
  throw OSError(std::make_error_code(code), what);
}

void throw_end() {
  throw EOFError("the other end of the connection is closed");
}

void throw_truncated() {
  throw_os_error(std::errc::connection_aborted, "got end of file during message");
}

void throw_too_long() {
  throw_os_error(std::errc::message_size, "bad message length");
}

}  // namespace progeny::multiprocessing::detail
