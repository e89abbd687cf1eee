#include "platform/memory/named_memory.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// Where shm_open(3) of glibc keeps them (shm_overview(7)).
constexpr std::string_view folder = "/dev/shm/";

// The path of a name, in an array: the functions that need it must not throw.
class PathOfName {
 public:
  // As shm_open(3) does, ignores slashes in front.
  explicit PathOfName(std::string_view name) noexcept {
    name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
    if (name.size() > NAME_MAX) {
      error_ = ENAMETOOLONG;
    } else if (name.empty() || name == "." || name == ".." ||
               name.find('/') != std::string_view::npos) {
      error_ = EINVAL;
    } else {
      std::memcpy(path_.data(), folder.data(), folder.size());
      std::memcpy(path_.data() + folder.size(), name.data(), name.size());
    }
  }
  [[nodiscard]] const char* get() const noexcept { return path_.data(); }
  [[nodiscard]] std::error_code error() const noexcept { return {error_, std::generic_category()}; }

 private:
  int error_ = 0;
  std::array<char, folder.size() + NAME_MAX + 1> path_{};
};

constexpr mode_t only_this_user = S_IRUSR | S_IWUSR;

}  // namespace

// With O_TMPFILE (open(2)) the memory is complete before it can be found.
Handle make_memory_to_name(std::size_t size) {
  const std::string where(folder);
  Handle memory =
      new_handle(::open(where.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, only_this_user), "shm_open");
  reserve_memory(memory.get(), 0, size);
  return memory;
}

std::error_code check_name(const std::string& name) noexcept {
  return PathOfName(name).error();
}

std::error_code give_name(native_handle memory, const std::string& name) noexcept {
  const ErrnoKeeper keeper;
  const PathOfName path(name);
  if (path.error()) {
    return path.error();
  }
  // Naming the descriptor itself (AT_EMPTY_PATH) needs CAP_DAC_READ_SEARCH; its link does not.
  std::array<char, 32> link{};
  static_cast<void>(std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", memory));
  if (::linkat(AT_FDCWD, link.data(), AT_FDCWD, path.get(), AT_SYMLINK_FOLLOW) == -1) {
    return last_error();
  }
  return {};
}

FoundMemory open_memory(const std::string& name) noexcept {
  const ErrnoKeeper keeper;
  const PathOfName path(name);
  if (path.error()) {
    return {.memory = {}, .error = path.error()};
  }
  Handle memory = own_new(::open(path.get(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!memory) {
    return {.memory = {}, .error = last_error()};
  }
  return {.memory = std::move(memory), .error = {}};
}

std::size_t size_of_named_memory(native_handle memory) {
  struct stat facts{};
  checked(::fstat(memory, &facts), "fstat");
  return static_cast<std::size_t>(facts.st_size);
}

std::error_code remove_name(const std::string& name) noexcept {
  const ErrnoKeeper keeper;
  const PathOfName path(name);
  if (path.error()) {
    return path.error();
  }
  return ::unlink(path.get()) == -1 ? last_error() : std::error_code();
}

// No system call compares and removes in one step. If another process removes the name and gives it
// to new memory between the two calls, the new memory loses it. give_name itself never replaces a
// name.
Removal remove_name_of(const std::string& name, MemoryIdentity identity) noexcept {
  const ErrnoKeeper keeper;
  const PathOfName path(name);
  struct stat facts{};
  if (path.error()) {
    return Removal::failed;
  }
  if (::lstat(path.get(), &facts) == -1) {
    return errno == ENOENT ? Removal::was_gone : Removal::failed;
  }
  if (MemoryIdentity(facts.st_dev, facts.st_ino) != identity) {
    return Removal::was_gone;
  }
  if (::unlink(path.get()) == 0) {
    return Removal::removed;
  }
  return errno == ENOENT ? Removal::was_gone : Removal::failed;
}

}  // namespace progeny::platform
