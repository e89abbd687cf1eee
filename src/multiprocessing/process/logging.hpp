#pragma once

// What a child takes over of its parent's log.

#include <progeny/multiprocessing/logging.hpp>

namespace progeny::multiprocessing::detail {

/// Travels to children that are no copies.
struct LogSettings {
  int level = 0;
  int handlers = 0;
};

[[nodiscard]] LogSettings log_settings() noexcept;
void apply(const LogSettings& settings) noexcept;

}  // namespace progeny::multiprocessing::detail
