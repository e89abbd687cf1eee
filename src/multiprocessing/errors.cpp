#include <progeny/multiprocessing/errors.hpp>

#include "multiprocessing/errors_travel.hpp"

#include <fmt/format.h>

#include <utility>

namespace progeny::multiprocessing {

namespace {

// Here, as a program that makes such an exception has this file linked into it.
[[maybe_unused]] const bool errors_travel = detail::let_errors_travel();

}  // namespace

ProcessError::ProcessError(const std::string& message) : std::runtime_error(message) {}

BufferTooShort::BufferTooShort(std::string message, std::size_t room)
    : ProcessError(fmt::format("a message of {} bytes does not fit into the {} bytes of the buffer",
                               message.size(),
                               room)),
      message_(std::move(message)),
      room_(room) {}

}  // namespace progeny::multiprocessing
