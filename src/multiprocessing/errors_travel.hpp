#pragma once

// The exceptions of `multiprocessing` between processes. The floor below does not know them.

namespace progeny::multiprocessing::detail {

/// Registers them; true.
bool let_errors_travel();

}  // namespace progeny::multiprocessing::detail
