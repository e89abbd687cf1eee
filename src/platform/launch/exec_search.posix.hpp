#pragma once

// The files that the name of a program may mean. POSIX only.

#include <string>
#include <string_view>
#include <vector>

namespace progeny::platform {

/// Whether `program` is a name to be searched for. With a slash in it, it is a path.
[[nodiscard]] bool is_searched(std::string_view program) noexcept;

/// The paths to try for the name `program`, in order: one in each folder of `search_path`. An empty
/// folder is the child's working folder. An empty name gives the folders themselves, which cannot
/// be executed, as in Python.
[[nodiscard]] std::vector<std::string> exec_candidates(const std::string& program,
                                                       std::string_view search_path);

/// The search path if the environment has no PATH. Python: `os.defpath`.
inline constexpr std::string_view default_search_path = "/bin:/usr/bin";

}  // namespace progeny::platform
