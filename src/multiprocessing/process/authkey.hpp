#pragma once

// The key by which the processes of one family know each other.

#include <string>

namespace progeny::multiprocessing::detail {

/// The key of this process: 32 random bytes in a main process, its creator's in a child, or what
/// was set.
[[nodiscard]] std::string current_authkey();

void set_current_authkey(const std::string& key);

}  // namespace progeny::multiprocessing::detail
