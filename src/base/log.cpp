#include "base/log.hpp"

#include <progeny/base/host_log.hpp>

#include <atomic>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace progeny {

namespace {

constexpr int debug = 10;
constexpr int warning = 30;

// Release and acquire, so that a thread that sees the pointer also sees the functions behind it.
std::atomic<const HostLog*> host_log{nullptr};

bool host_takes(int level, std::string_view message) {
  const HostLog* const log = host_log.load(std::memory_order_acquire);
  return log != nullptr && log->write != nullptr && log->write(level, message);
}

}  // namespace

const HostLog* set_host_log(const HostLog* log) noexcept {
  return host_log.exchange(log, std::memory_order_acq_rel);
}

namespace detail {

void log_warning(std::string_view message) noexcept {
  try {
    if (!host_takes(warning, message)) {
      write_to_stderr("[progeny] [warning] " + std::string(message));
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): see the header.
  }
}

void log_debug(std::string_view message) noexcept {
  try {
    static_cast<void>(host_takes(debug, message));
  } catch (...) {  // NOLINT(bugprone-empty-catch): see the header.
  }
}

std::optional<int> host_log_level() noexcept {
  try {
    const HostLog* const log = host_log.load(std::memory_order_acquire);
    return log != nullptr && log->level != nullptr ? log->level() : std::nullopt;
  } catch (...) {
    return std::nullopt;
  }
}

// stderr has no buffer, so that one call of fwrite is one write(2), which other processes' lines do
// not get into the middle of.
void write_to_stderr(std::string_view line) {
  const std::string record = std::string(line) + '\n';
  static_cast<void>(std::fwrite(record.data(), 1, record.size(), stderr));
  static_cast<void>(std::fflush(stderr));
}

}  // namespace detail
}  // namespace progeny
