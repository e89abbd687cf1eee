#pragma once

// Children whose Popen is gone while they run. Somebody must reap them.

#include "platform/process/child.hpp"

#include <memory>

namespace progeny::subprocess::detail {

/// Sees to it that `child` is reaped when it ends: by a thread of the library's, which lives as
/// long as there are such children, and by every launch.
void abandon(std::unique_ptr<platform::Child> child) noexcept;

/// Reaps those that have ended. Never waits. Every launch does this first, as in Python.
void reap_abandoned() noexcept;

}  // namespace progeny::subprocess::detail
