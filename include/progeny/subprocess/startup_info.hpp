#pragma once

// How the first window of a Windows program shows.

#include <progeny/base/handle.hpp>
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
    /// Inheritable handles that the child gets besides its standard streams. If there are any, it
    /// gets no others, whatever `close_fds` says.
    std::vector<native_handle> handle_list = {};
  };

  /// Which of the other fields count: `startf_useshowwindow`, `startf_usestdhandles`, ...
  std::uint32_t dwFlags = 0;
  /// Inheritable handle of the child's stdin, with `startf_usestdhandles`, where `Options::std_in`
  /// does not say otherwise.
  native_handle hStdInput = Handle::none();
  /// The same for stdout.
  native_handle hStdOutput = Handle::none();
  /// The same for stderr.
  native_handle hStdError = Handle::none();
  /// The window's state, `sw_hide` and so on, if `dwFlags` holds `startf_useshowwindow`.
  std::uint16_t wShowWindow = 0;
  /// Attributes of the new process.
  AttributeList lpAttributeList = {};
};

}  // namespace progeny::subprocess
