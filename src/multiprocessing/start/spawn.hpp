#pragma once

// Workers: processes that run this program anew and are told in a file what to do.

#include "multiprocessing/start/start_data.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace progeny::multiprocessing::detail {

/// What a forkserver is told.
struct ServerData {
  std::vector<std::string> preload;  ///< Places of functions to call first.
  int on_preload_error = 0;          ///< A `PreloadError`.
  LogSettings log;
  std::vector<int> numbers = {};  ///< The handle by which it hears.
};

enum class WorkerRole : std::uint8_t { child, forkserver };

/// The content of the file.
struct WorkerData {
  WorkerRole role = WorkerRole::child;
  StartData child = {};
  ServerData server = {};
};

/// Starts a worker that has `handles` under their numbers. Throws OSError.
[[nodiscard]] std::shared_ptr<OwnChild> start_worker(WorkerData data,
                                                     const std::vector<native_handle>& handles);

}  // namespace progeny::multiprocessing::detail
