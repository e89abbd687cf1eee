#pragma once

namespace progeny::testing {

/// Starts and joins `count` processes of multiprocessing by all methods, and looks for growth.
[[nodiscard]] bool processes(int count);

/// Kills a parent, its child or its forkserver at a random moment, `rounds` times, and looks for
/// what is left or hangs.
[[nodiscard]] bool chaos(int rounds);

}  // namespace progeny::testing
