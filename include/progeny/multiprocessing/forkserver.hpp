#pragma once

// The server of the start method `forkserver`: when it starts, and what it does before its first
// child.

#include <progeny/export.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace progeny::multiprocessing {

/// What happens if a preload function fails, or is unknown in the server.
enum class PreloadError : std::uint8_t {
  ignore,  ///< Nothing.
  warn,    ///< A warning that names the function goes to stderr.
  fail,    ///< The server ends, and `Process::start` throws `EOFError`.
};

/// A function `void f()` that a forkserver calls first: a plain function, a captureless lambda, or
/// the name of one that was registered by `register_function`.
class PROGENY_EXPORT Preload {
 public:
  /// This function.
  // NOLINTNEXTLINE(google-explicit-constructor): a list of functions is the point.
  Preload(void (*function)());
  /// The function with this name.
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  Preload(const char* name);
  /// What stands for it in the server: a `serial::token_of`.
  [[nodiscard]] const std::string& token() const noexcept { return token_; }

 private:
  std::string token_;
};

/// Sets the functions that a server calls once, before its first child. What they load is then
/// shared by all its children. A server that runs already does not call them.
///
/// - Python: `multiprocessing.set_forkserver_preload`. Differs: takes functions, not modules.
/// - Threads: safe.
PROGENY_EXPORT void set_forkserver_preload(const std::vector<Preload>& functions,
                                           PreloadError on_error = PreloadError::ignore);

namespace forkserver {

/// Starts the server unless it runs. Otherwise the first `Process::start` by `forkserver` does.
///
/// - Python: `multiprocessing.forkserver.ensure_running`.
/// - Throws: `OSError` if the system refuses.
/// - Threads: safe.
PROGENY_EXPORT void ensure_running();

}  // namespace forkserver
}  // namespace progeny::multiprocessing
