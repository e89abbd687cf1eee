#pragma once

// The exceptions of `subprocess` between processes. The floor below does not know them.

namespace progeny::subprocess::detail {

/// Registers them; true.
bool let_errors_travel();

}  // namespace progeny::subprocess::detail
