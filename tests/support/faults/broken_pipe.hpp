#pragma once

// What a test about broken pipes takes for granted.

namespace progeny::testing {

/// Expects that the host left SIGPIPE at its default, where it would kill. Windows has no such
/// thing.
void expect_default_sigpipe();

}  // namespace progeny::testing
