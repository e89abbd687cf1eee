#pragma once

// Children that still run although their Popen is gone. They must be reaped all the same.

#include "platform/process/child.hpp"

#include <memory>

namespace progeny::subprocess::detail {

/// Arranges that `child` is reaped when it ends. A thread of the library does that, which lives as
/// long as there are such children; every launch does it too.
void abandon(std::unique_ptr<platform::Child> child) noexcept;

/// Reaps those that have ended. Never waits. Every launch does this first, as in Python.
void reap_abandoned() noexcept;

}  // namespace progeny::subprocess::detail
