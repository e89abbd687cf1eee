#pragma once

// Whether a child has written something, without reading it.

#include <progeny/subprocess/popen.hpp>

namespace progeny::testing {

/// Whether the child has answered on stdout within a moment, which is long for a pipe and short
/// for a test.
[[nodiscard]] bool has_answered(subprocess::Popen& child);

}  // namespace progeny::testing
