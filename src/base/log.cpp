#include "base/log.hpp"

#include "base/made_early.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace progeny::detail {

namespace {

// Not registered with spdlog: a host that registers its own `progeny` logger later must not
// find the name taken.
std::shared_ptr<spdlog::logger> own_logger() {
  static const auto logger = std::make_shared<spdlog::logger>(
      "progeny", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  return logger;
}

const progeny::detail::MadeEarly early(own_logger);

}  // namespace

void log_warning(std::string_view message) noexcept {
  try {
    auto logger = spdlog::get("progeny");
    if (!logger) {
      logger = own_logger();
    }
    logger->warn("{}", message);
  } catch (...) {  // NOLINT(bugprone-empty-catch): see the header.
  }
}

}  // namespace progeny::detail
