#pragma once

// What the server of the start method `forkserver` does before its first child.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/task.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace progeny::multiprocessing {

/// What happens if a preload function fails or is not known in the server.
enum class PreloadError : std::uint8_t {
  ignore,  ///< Nothing.
  warn,    ///< A warning that names it goes to stderr.
  fail,    ///< The server ends, and `start()` throws.
};

/// Has these functions called once in the server, before its first child: what they load is then
/// shared by all children. Names are those of `serial::register_function`. Counts for servers that
/// are started later.
///
/// - Python: `multiprocessing.set_forkserver_preload`, which imports modules.
PROGENY_EXPORT void set_forkserver_preload(const std::vector<detail::Preload>& functions,
                                           PreloadError on_error = PreloadError::ignore);

/// Starts the server unless it runs. Done by the first `start()` otherwise.
///
/// - Python: `multiprocessing.forkserver.ensure_running`.
PROGENY_EXPORT void ensure_forkserver_running();

}  // namespace progeny::multiprocessing
