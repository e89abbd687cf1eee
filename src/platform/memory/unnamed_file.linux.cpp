#include "platform/io/descriptor.posix.hpp"
#include "platform/io/held_back_signal.posix.hpp"
#include "platform/memory/unnamed_file.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/errors.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// MFD_NOEXEC_SEAL of Linux 6.3, which the headers of Debian 12 do not know yet.
constexpr unsigned mfd_noexec_seal = 8;

// With vm.memfd_noexec = 2 only files that cannot be executed are allowed.
Handle make_memfd(const char* name) noexcept {
  Handle file = own_new(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (file || errno != EACCES) {
    return file;
  }
  return own_new(::memfd_create(name, MFD_CLOEXEC | mfd_noexec_seal));
}

constexpr mode_t only_this_user = S_IRUSR | S_IWUSR;

// O_TMPFILE is not known to every file system, overlayfs before Linux 6.3 for one.
Handle make_file_in(const std::string& folder) {
  Handle file =
      own_new(::open(folder.c_str(), O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, only_this_user));
  if (!file) {
    std::string path = folder + "/progeny-XXXXXX";
    file = own_new(::mkostemp(path.data(), O_CLOEXEC));
    if (file) {
      ::unlink(path.c_str());
    }
  }
  return file;
}

Handle make_stand_in() {
  std::error_code no_such_folder;
  const std::string temporary = std::filesystem::temp_directory_path(no_such_folder).string();
  for (const std::string& folder : {std::string("/dev/shm"), temporary, std::string("/tmp")}) {
    if (Handle file = folder.empty() ? Handle() : make_file_in(folder)) {
      return file;
    }
  }
  return {};
}

bool has_limit_of_size() noexcept {
  rlimit limit{};
  return ::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY;
}

// For file systems and sandboxes without fallocate(2): writes zeros behind the end, where nothing
// is in use yet. What is in the middle of the file stays as it is.
int write_zeros(native_handle file, std::size_t end) noexcept {
  constexpr std::array<char, 4096> zeros{};
  struct stat facts{};
  if (::fstat(file, &facts) == -1) {
    return -1;
  }
  auto at = static_cast<std::size_t>(facts.st_size);
  while (at < end) {
    const std::size_t size = std::min(zeros.size(), end - at);
    const ssize_t count = retry_interrupted(
        [&] { return ::pwrite(file, zeros.data(), size, static_cast<off_t>(at)); });
    if (count == -1) {
      return -1;
    }
    at += static_cast<std::size_t>(count);
  }
  return 0;
}

int allocate_by_any_means(native_handle file, std::size_t offset, std::size_t size) noexcept {
  const int result = retry_interrupted(
      [&] { return ::fallocate(file, 0, static_cast<off_t>(offset), static_cast<off_t>(size)); });
  if (result == -1 && (errno == EOPNOTSUPP || may_be_refused(errno))) {
    return write_zeros(file, offset + size);
  }
  return result;
}

}  // namespace

UnnamedFile make_unnamed_file(const char* name) {
  const ErrnoKeeper keeper;
  Handle file = make_memfd(name);
  if (file) {
    return {.file = std::move(file), .is_sealable = true};
  }
  const int error = errno;
  if (may_be_refused(error)) {
    file = make_stand_in();
  }
  if (!file) {
    throw OSError({error, std::generic_category()}, "memfd_create");
  }
  return {.file = std::move(file), .is_sealable = false};
}

bool is_stand_in(native_handle file) noexcept {
  const ErrnoKeeper keeper;
  struct stat facts{};
  return !make_memfd("progeny-probe") && may_be_refused(errno) && ::fstat(file, &facts) == 0 &&
         S_ISREG(facts.st_mode) && facts.st_nlink == 0 && facts.st_uid == ::geteuid();
}

int allocate(native_handle file, std::size_t offset, std::size_t size) noexcept {
  if (!has_limit_of_size()) {
    return allocate_by_any_means(file, offset, size);
  }
  HeldBackSignal sigxfsz(SIGXFSZ);
  const int result = allocate_by_any_means(file, offset, size);
  if (result == -1) {
    sigxfsz.take();
  }
  return result;
}

}  // namespace progeny::platform
