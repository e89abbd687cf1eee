#pragma once

// How a process that is started as a worker knows that it is one: by its last argument.

#include <progeny/base/handle.hpp>

#include <optional>
#include <string>
#include <vector>

namespace progeny::multiprocessing::detail {

/// The arguments for a worker that finds what it is to do in the file `data`: those of this
/// program, and the mark. Handles are all that the mark tells (others can read a command line).
[[nodiscard]] std::vector<std::string> worker_arguments(native_handle data);

/// The handle in the mark, if this process was started as a worker.
[[nodiscard]] std::optional<native_handle> worker_data();

/// Throws RuntimeError if this process was started as a worker but has not entered as one: it would
/// start workers that do the same, without end.
void require_no_lost_worker();

/// Says that this worker has entered.
void worker_has_entered() noexcept;

}  // namespace progeny::multiprocessing::detail
