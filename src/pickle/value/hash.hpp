#pragma once

// Hashes and equality as Python has them: what is equal has one hash.

#include <progeny/pickle/value.hpp>

#include <cstdint>

namespace progeny::pickle::detail {

// Throws `TypeError` if the value, or a part of it, can be changed. The hash has a secret of this
// process in it, so that nobody can choose keys that collide.
[[nodiscard]] std::uint64_t hash_of(const Value& value);

}  // namespace progeny::pickle::detail
