#include "multiprocessing/process/temp_dir.hpp"

#include "multiprocessing/process/exit_callbacks.hpp"
#include "platform/host/private_folder.hpp"
#include "platform/process/per_process.hpp"

#include <cstddef>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>

namespace progeny::multiprocessing::detail {

namespace {

// Leaves room for the name of a socket in the folder: its path has at most 107 bytes (unix(7)).
constexpr std::size_t longest_path = 90;
// Python's number: lower than that of any callback that may still use the folder.
constexpr int last_priority = -100;

struct TempDir {
  std::mutex mutex;  ///< Guards what follows.
  std::optional<std::string> path;
};

TempDir& own_temp_dir() {
  return platform::PerProcess<TempDir>::get();
}

void remove(const std::string& path) {
  std::error_code ignored;  // The user may have removed it already.
  std::filesystem::remove_all(path, ignored);
}

}  // namespace

std::string temp_dir() {
  std::string made;
  {
    auto& own = own_temp_dir();
    const std::lock_guard lock(own.mutex);
    if (own.path) {
      return *own.path;
    }
    made = platform::make_private_folder("pymp-", longest_path);
    own.path = made;
  }
  // After the mutex is released: this locks another mutex that is held across forks.
  static_cast<void>(add_exit_callback([made] { remove(made); }, last_priority));
  return made;
}

std::optional<std::string> known_temp_dir() {
  const std::lock_guard lock(own_temp_dir().mutex);
  return own_temp_dir().path;
}

void take_over_temp_dir(const std::optional<std::string>& path) {
  const std::lock_guard lock(own_temp_dir().mutex);
  own_temp_dir().path = path;
}

}  // namespace progeny::multiprocessing::detail
