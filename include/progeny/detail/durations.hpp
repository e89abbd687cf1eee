#pragma once

// The durations and clocks of std::chrono without its calendar, time zones and printing, which are
// most of what <chrono> costs to compile. The locks of <mutex> wait for durations and until points
// in time, so each implementation of <mutex> has them.

#include <mutex>  // IWYU pragma: export
