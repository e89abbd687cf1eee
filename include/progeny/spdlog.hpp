#pragma once

// Included in one source of a program that logs with spdlog, it has the library's warnings go to
// the program's logger `progeny`, whenever one is registered; while there is none they go to
// stderr. Opt-in, because it includes spdlog: of whatever version, also header-only, as it is
// compiled here.

#include <progeny/base/host_log.hpp>

#include <spdlog/spdlog.h>

#include <optional>
#include <string_view>

namespace progeny::detail {

/// The level of spdlog for a number of Python's `logging`.
inline spdlog::level::level_enum spdlog_level(int level) noexcept {
  constexpr int step = 10;
  const int index = level < 0 ? 0 : level / step;
  return index > spdlog::level::critical ? spdlog::level::critical
                                         : static_cast<spdlog::level::level_enum>(index);
}

inline bool write_to_spdlog(int level, std::string_view text) {
  const auto logger = spdlog::get("progeny");
  if (logger != nullptr) {
    logger->log(spdlog_level(level), spdlog::string_view_t(text.data(), text.size()));
  }
  return logger != nullptr;
}

inline std::optional<int> level_of_spdlog() {
  constexpr int step = 10;
  constexpr int trace = 5;  // Python's multiprocessing has it as SUBDEBUG.
  const auto logger = spdlog::get("progeny");
  if (logger == nullptr) {
    return std::nullopt;
  }
  const int level = logger->level();
  return level == spdlog::level::trace ? trace : level * step;
}

/// Connects spdlog while it lives: until the program, or the library that includes this, ends.
class SpdlogConnection {
 public:
  // What exists before the connection outlives it: asked now, spdlog's registry does.
  SpdlogConnection() {
    static_cast<void>(spdlog::get("progeny"));
    set_host_log(&log_);
  }
  SpdlogConnection(const SpdlogConnection&) = delete;
  SpdlogConnection& operator=(const SpdlogConnection&) = delete;
  ~SpdlogConnection() {
    if (const HostLog* const current = set_host_log(nullptr); current != &log_) {
      set_host_log(current);
    }
  }

 private:
  static constexpr HostLog log_{.write = write_to_spdlog, .level = level_of_spdlog};
};

inline const SpdlogConnection spdlog_connection;

}  // namespace progeny::detail
