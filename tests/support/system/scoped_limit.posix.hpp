#pragma once

// Another soft limit of this process for a while.

#include <algorithm>

#include <sys/resource.h>

namespace progeny::testing {

/// Sets a soft limit (`RLIMIT_NOFILE`, ...) for as long as it lives, to the hard one at the most.
class ScopedLimit {
 public:
  ScopedLimit(__rlimit_resource_t resource, rlim_t limit) : resource_(resource) {
    ::getrlimit(resource_, &before_);
    rlimit wanted = before_;
    wanted.rlim_cur = std::min(limit, before_.rlim_max);
    ::setrlimit(resource_, &wanted);
  }
  ScopedLimit(const ScopedLimit&) = delete;
  ScopedLimit& operator=(const ScopedLimit&) = delete;
  ~ScopedLimit() { ::setrlimit(resource_, &before_); }

 private:
  __rlimit_resource_t resource_;
  rlimit before_{};
};

}  // namespace progeny::testing
