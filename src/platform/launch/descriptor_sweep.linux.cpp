#include "base/made_early.hpp"
#include "platform/launch/child_calls.posix.hpp"
#include "platform/launch/descriptor_sweep.posix.hpp"
#include "platform/system/errno.posix.hpp"
#include "platform/system/features.hpp"

namespace progeny::platform {

Sweep best_sweep() noexcept {
  static const Sweep best = [] {
    const ErrnoKeeper keeper;
    // The range holds no descriptor. The call only tells whether it and its flag exist.
    const bool works =
        !is_disabled(Feature::close_range) && child_calls::close_on_exec_from(~0U, ~0U) == 0;
    return works ? Sweep::close_range : Sweep::walk;
  }();
  return best;
}

namespace {

const progeny::detail::MadeEarly early(best_sweep);

}  // namespace

}  // namespace progeny::platform
