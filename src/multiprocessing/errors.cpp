#include <progeny/multiprocessing/errors.hpp>

#include <fmt/format.h>

#include <utility>

namespace progeny::multiprocessing {

BufferTooShort::BufferTooShort(std::string message, std::size_t room)
    : ProcessError(fmt::format("a message of {} bytes does not fit into the {} bytes of the buffer",
                               message.size(),
                               room)),
      message_(std::move(message)) {}

}  // namespace progeny::multiprocessing
