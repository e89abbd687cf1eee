#include "multiprocessing/process/temp_dir.hpp"

#include "platform/host/private_folder.hpp"
#include "platform/process/per_process.hpp"

#include <progeny/multiprocessing/util.hpp>

#include <filesystem>
#include <mutex>
#include <system_error>

namespace progeny::multiprocessing {

namespace {

// Room for a socket's name in the folder: a path of a socket has at most 107 bytes (unix(7)).
constexpr std::size_t longest_path = 90;
// After everything that may still need the folder.
constexpr int last_priority = -100;

struct TempDir {
  std::mutex mutex;
  std::optional<std::string> path;
};

TempDir& temp_dir() {
  return platform::PerProcess<TempDir>::get();
}

void remove(const std::string& path) {
  std::error_code ignored;  // Somebody may have tidied up.
  std::filesystem::remove_all(path, ignored);
}

}  // namespace

namespace detail {

std::optional<std::string> known_temp_dir() {
  const std::lock_guard lock(temp_dir().mutex);
  return temp_dir().path;
}

void take_over_temp_dir(const std::optional<std::string>& path) {
  const std::lock_guard lock(temp_dir().mutex);
  temp_dir().path = path;
}

}  // namespace detail

std::string util::get_temp_dir() {
  std::string made;
  {
    const std::lock_guard lock(temp_dir().mutex);
    auto& known = temp_dir().path;
    if (known) {
      return *known;
    }
    made = platform::make_private_folder("pymp-", longest_path);
    known = made;
  }
  // Without the mutex, as it takes another that is held across forks.
  at_exit([made] { remove(made); }, last_priority);
  return made;
}

}  // namespace progeny::multiprocessing
