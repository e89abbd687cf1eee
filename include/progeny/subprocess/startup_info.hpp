#pragma once

// How the first window of a Windows program shows.

#include <progeny/detail/config.hpp>

#include <cstdint>
#include <vector>

namespace progeny::subprocess {

/// What `Options::startupinfo` takes; refused on POSIX.
///
/// - Python: `subprocess.STARTUPINFO`, field by field.
/// - Platforms: Windows.
struct StartupInfo {
  /// Python: `STARTUPINFO.lpAttributeList`.
  struct AttributeList {
    /// Handles that the child inherits besides its standard streams.
    std::vector<native_handle> handle_list = {};
  };

  /// Which of the other fields count: `STARTF_USESHOWWINDOW`, `STARTF_USESTDHANDLES`, ...
  std::uint32_t dwFlags = 0;
  /// The window's state, `SW_HIDE` and so on, if `dwFlags` holds `STARTF_USESHOWWINDOW`.
  std::uint16_t wShowWindow = 0;
  /// Attributes of the new process.
  AttributeList lpAttributeList = {};
};

}  // namespace progeny::subprocess
