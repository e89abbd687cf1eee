#include <progeny/os/popen.hpp>

#include "platform/host/shell.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <utility>

namespace progeny::os {

CommandFile::CommandFile(subprocess::Popen process, bool writing)
    : process_(std::move(process)), writing_(writing) {}

CommandFile& CommandFile::operator=(CommandFile&& other) noexcept {
  if (this != &other) {
    const CommandFile closed_here = std::move(*this);
    process_ = std::move(other.process_);
    writing_ = other.writing_;
  }
  return *this;
}

CommandFile::~CommandFile() {
  try {
    close();
  } catch (...) {  // NOLINT(bugprone-empty-catch): moved from, or the command did not read all.
  }
}

subprocess::Stream& CommandFile::stream() {
  return writing_ ? process_.std_in() : process_.std_out();
}

std::optional<int> CommandFile::close() {
  stream().close();
  const std::int64_t returncode = process_.wait();
  if (returncode == 0) {
    return std::nullopt;
  }
  // Differs from CPython: a signal N comes back as the system's status N, not as -N << 8.
  return platform::status_of_returncode(returncode);
}

CommandFile popen(const std::string& command, std::string_view mode, int buffering) {
  if (mode != "r" && mode != "w") {
    throw ValueError(fmt::format("invalid mode '{}': it must be 'r' or 'w'", mode));
  }
  if (buffering == 0) {
    throw ValueError("popen() does not support unbuffered streams");
  }
  subprocess::Options options{.bufsize = buffering, .shell = true, .text = true};
  const bool writing = mode == "w";
  (writing ? options.std_in : options.std_out) = subprocess::PIPE;
  return {subprocess::Popen(command, options), writing};
}

}  // namespace progeny::os
