#pragma once

// What the operating system says about this process and this machine.

#include <progeny/base/environment.hpp>
#include <progeny/export.hpp>

#include <optional>

namespace progeny::os {

/// A copy of this process's environment variables, to change and to give to a child.
/// - Python: `os.environ.copy()` (`environ` itself is a macro in some C libraries).
/// - Threads: safe as long as no other thread changes the environment meanwhile (setenv(3)).
[[nodiscard]] PROGENY_EXPORT Environment environment();

/// How many logical processors the machine has, or nothing if that is unknown.
/// - Python: `os.cpu_count`.
[[nodiscard]] PROGENY_EXPORT std::optional<int> cpu_count();

}  // namespace progeny::os
