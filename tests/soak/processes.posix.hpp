#pragma once

namespace progeny::testing {

/// Starts and joins `count` processes of multiprocessing by all methods. Returns whether all was
/// right and nothing has grown.
[[nodiscard]] bool processes(int count);

/// Kills a parent, its child or its forkserver at a random moment, `rounds` times. Returns whether
/// nothing hung, was left or has grown.
[[nodiscard]] bool chaos(int rounds);

}  // namespace progeny::testing
