#pragma once

// Which files a program's name may mean. POSIX only.

#include <string>
#include <string_view>
#include <vector>

namespace progeny::platform {

/// Whether `program` is a bare name, to be searched for; with a slash in it, it is a path.
[[nodiscard]] bool is_searched(std::string_view program) noexcept;

/// The paths to try for the bare name `program`, in order: one in each folder of `search_path` (an
/// empty element is the working folder of the child). An empty name is each folder, which cannot
/// be executed, as in Python.
[[nodiscard]] std::vector<std::string> exec_candidates(const std::string& program,
                                                       std::string_view search_path);

/// Where a bare name is looked up if the environment has no PATH. Python: `os.defpath`.
inline constexpr std::string_view default_search_path = "/bin:/usr/bin";

}  // namespace progeny::platform
