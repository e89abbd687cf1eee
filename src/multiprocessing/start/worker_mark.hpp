#pragma once

// How a process finds out that it is a worker: its last argument is a mark, and names a file.
//
//     ./program its own arguments --multiprocessing-worker=7
//
// The 7 is the number of an inherited handle, the only thing that the mark tells: everybody on the
// machine can read a command line.

#include <progeny/detail/config.hpp>

#include <optional>
#include <string>
#include <vector>

namespace progeny::multiprocessing::detail {

/// The arguments for a worker that finds in the file `data` what it is to do: those of this program
/// and the mark.
[[nodiscard]] std::vector<std::string> worker_arguments(native_handle data);

/// The handle in the mark. Nothing if this process was not started as a worker.
[[nodiscard]] std::optional<native_handle> worker_data();

/// Throws RuntimeError if this process was started as a worker but runs the user's `main` instead.
/// Without this it would start a worker that does the same, and so on.
void require_no_lost_worker();

/// Says that this program has called `freeze_support`. Otherwise the exit of a worker fails, with a
/// sentence on stderr.
void program_has_entered() noexcept;

/// Throws RuntimeError if this program has not called `freeze_support`: a worker of it would run
/// the user's `main`.
void require_way_in();

}  // namespace progeny::multiprocessing::detail
