#include "platform/host/accounts.hpp"

#include <progeny/base/errors.hpp>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// The re-entrant look-ups of the C library want a buffer, and say ERANGE if it is too small. Of the
// other errors, most mean that there is no such entry (getpwnam(3)).
template <class Entry, class LookUp>
bool look_up(LookUp function, std::string_view call, const std::string& name, Entry& entry) {
  std::vector<char> buffer(1024);
  for (;;) {
    Entry* found = nullptr;
    const int error = function(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (error == ERANGE) {
      buffer.resize(buffer.size() * 2);
    } else if (found != nullptr) {
      return true;
    } else if (error == EIO || error == EMFILE || error == ENFILE || error == ENOMEM) {
      throw OSError({error, std::generic_category()}, call, name);
    } else if (error != EINTR) {
      return false;
    }
  }
}

}  // namespace

std::optional<std::uint32_t> find_user(const std::string& name) {
  passwd entry{};
  if (!look_up(::getpwnam_r, "getpwnam", name, entry)) {
    return std::nullopt;
  }
  return entry.pw_uid;
}

std::optional<std::uint32_t> find_group(const std::string& name) {
  group entry{};
  if (!look_up(::getgrnam_r, "getgrnam", name, entry)) {
    return std::nullopt;
  }
  return entry.gr_gid;
}

std::size_t supplementary_group_limit() noexcept {
  const long limit = ::sysconf(_SC_NGROUPS_MAX);
  return limit < 0 ? 0 : static_cast<std::size_t>(limit);
}

}  // namespace progeny::platform
