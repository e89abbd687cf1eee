#pragma once

// A child that sends back what it is sent.

#include "support/children/child_args.hpp"

#include <progeny/subprocess/popen.hpp>

namespace progeny::testing {

/// It writes its stdin to both outputs, through pipes, and is waited for at the end of its scope.
inline subprocess::Popen echoing_child(bool text = false) {
  subprocess::Options options = all_pipes();
  options.text = text;
  options.at_scope_exit = subprocess::AtScopeExit::wait;
  return subprocess::Popen(child("echo_to_both"), options);
}

}  // namespace progeny::testing
