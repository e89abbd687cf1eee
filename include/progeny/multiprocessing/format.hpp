#pragma once

// Lets fmt print what has an `operator<<`. In a header of its own, as it includes fmt. Arrays are
// not here: <fmt/ranges.h> prints their elements.

#include <progeny/multiprocessing/process.hpp>
#include <progeny/multiprocessing/sharedctypes/repr.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

#include <fmt/ostream.h>

/// As `operator<<`.
template <>
struct fmt::formatter<progeny::multiprocessing::Process> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::multiprocessing::Lock> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::multiprocessing::RLock> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::multiprocessing::Semaphore> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::multiprocessing::BoundedSemaphore> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::multiprocessing::Condition> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::multiprocessing::Event> : fmt::ostream_formatter {};
/// As `operator<<`.
template <>
struct fmt::formatter<progeny::multiprocessing::Barrier> : fmt::ostream_formatter {};
/// As `operator<<`.
template <class T>
struct fmt::formatter<progeny::multiprocessing::RawValue<T>> : fmt::ostream_formatter {};
/// As `operator<<`.
template <class T, class L>
struct fmt::formatter<progeny::multiprocessing::Value<T, L>> : fmt::ostream_formatter {};
