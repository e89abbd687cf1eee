#pragma once

// The word to go on, for which some commands of the test child wait.

#include <progeny/subprocess/popen.hpp>

namespace progeny::testing {

/// Gives it to a child that has said `ready`.
void send_go(subprocess::Popen& child);

}  // namespace progeny::testing
