#include "platform/host/private_folder.hpp"

#include "platform/system/errno.posix.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace progeny::platform {

// mkdtemp(3) makes the folder with mode 0700, under a name that did not exist. So no other user can
// have put anything there.
std::string make_private_folder(const std::string& prefix, std::size_t longest) {
  const auto end = "/" + prefix + "XXXXXX";
  std::error_code no_such_folder;
  std::string parent = std::filesystem::temp_directory_path(no_such_folder).string();
  if (no_such_folder || parent.size() + end.size() > longest) {
    parent = "/tmp";
  }
  std::string path = parent + end;
  if (::mkdtemp(path.data()) == nullptr) {
    throw_errno("mkdtemp", parent);
  }
  return path;
}

void remove_quietly(const std::string& path) noexcept {
  const ErrnoKeeper keeper;
  static_cast<void>(std::remove(path.c_str()));
}

}  // namespace progeny::platform
