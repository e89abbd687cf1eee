#pragma once

// Lets fmt print what `operator<<` prints. Opt-in, because it includes fmt.

#include <progeny/subprocess/completed_process.hpp>
#include <progeny/subprocess/popen.hpp>

#include <fmt/ostream.h>

/// As `operator<<`.
template <>
struct fmt::formatter<progeny::subprocess::Args> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::subprocess::Stream> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::subprocess::Popen> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::subprocess::CompletedProcess> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::subprocess::CalledProcessError> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::subprocess::TimeoutExpired> : fmt::ostream_formatter {};
