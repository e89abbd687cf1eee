#pragma once

// A sandbox in which no child can borrow its parent's memory.

namespace progeny::testing {

/// From here on clone3(2) fails in this process and its children with ENOSYS, as in older
/// container runtimes, and vfork(2) and clone(2) with CLONE_VFORK with EPERM. There is no way back.
/// Ends the process if the kernel does not install such a filter.
void refuse_shared_memory();

}  // namespace progeny::testing
