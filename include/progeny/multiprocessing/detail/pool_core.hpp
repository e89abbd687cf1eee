#pragma once

// A pool's compiled core, as its templates see it. Not for users.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/pool_work.hpp>
#include <progeny/multiprocessing/pool/options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace progeny::multiprocessing::detail {

/// What workers are.
enum class PoolKind : std::uint8_t { processes, threads };

/// Starts a pool.
[[nodiscard]] PROGENY_EXPORT std::shared_ptr<PoolCore> make_pool(const PoolOptions& options,
                                                                 PoolKind kind);
/// Takes no more jobs. The workers end when all are done.
PROGENY_EXPORT void close_pool(PoolCore& core);
/// Ends the workers at once.
PROGENY_EXPORT void terminate_pool(PoolCore& core);
/// Waits for the end of the workers.
PROGENY_EXPORT void join_pool(PoolCore& core);
/// What the destructor of a pool does: terminates and joins it.
PROGENY_EXPORT void end_pool(std::shared_ptr<PoolCore> core) noexcept;
/// The pids of the workers.
[[nodiscard]] PROGENY_EXPORT std::vector<int> pids_of(const PoolCore& core);
/// Python's repr.
[[nodiscard]] PROGENY_EXPORT std::string repr_of(const PoolCore& core, PoolKind kind);

/// The size of chunks of a map over `items` items. Throws ValueError if it is below 1.
[[nodiscard]] PROGENY_EXPORT std::size_t chunk_size(std::optional<std::int64_t> asked,
                                                    std::size_t items,
                                                    std::size_t workers);
/// As unsigned. Throws ValueError, with `name`, if it is below 1.
[[nodiscard]] PROGENY_EXPORT std::size_t at_least_one(const char* name, std::int64_t value);

}  // namespace progeny::multiprocessing::detail
