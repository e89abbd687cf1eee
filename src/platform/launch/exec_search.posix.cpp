#include "platform/launch/exec_search.posix.hpp"

namespace progeny::platform {

namespace {

std::string in_folder(std::string_view folder, const std::string& program) {
  std::string path(folder);
  if (!path.empty() && path.back() != '/') {
    path += '/';
  }
  return path += program;
}

}  // namespace

bool is_searched(std::string_view program) noexcept {
  return program.find('/') == std::string_view::npos;
}

// As CPython's _execute_child and execvp(3) do, but before the fork, where memory may be allocated.
std::vector<std::string> exec_candidates(const std::string& program, std::string_view search_path) {
  std::vector<std::string> candidates;
  for (;;) {
    const std::size_t colon = search_path.find(':');
    candidates.push_back(in_folder(search_path.substr(0, colon), program));
    if (colon == std::string_view::npos) {
      return candidates;
    }
    search_path.remove_prefix(colon + 1);
  }
}

}  // namespace progeny::platform
