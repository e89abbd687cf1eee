#pragma once

// Python's constants for `Options::creationflags`, `StartupInfo` and `send_signal` on Windows.
//
// In lower case, because <windows.h> makes macros of the names in capitals; where it is included,
// its own do as well.

#include <cstdint>

namespace progeny::subprocess {

/// For `Options::creationflags`: a console of its own. Python: `CREATE_NEW_CONSOLE`.
inline constexpr std::uint32_t create_new_console = 0x00000010;
/// For `Options::creationflags`: leads a process group, which `ctrl_break_event` reaches and
/// Ctrl-C does not. Python: `CREATE_NEW_PROCESS_GROUP`.
inline constexpr std::uint32_t create_new_process_group = 0x00000200;
/// For `Options::creationflags`: no console window. Python: `CREATE_NO_WINDOW`.
inline constexpr std::uint32_t create_no_window = 0x08000000;
/// For `Options::creationflags`: no console at all. Python: `DETACHED_PROCESS`.
inline constexpr std::uint32_t detached_process = 0x00000008;
/// For `Options::creationflags`: not the parent's error mode. Python: `CREATE_DEFAULT_ERROR_MODE`.
inline constexpr std::uint32_t create_default_error_mode = 0x04000000;
/// For `Options::creationflags`: leaves the parent's job. Python: `CREATE_BREAKAWAY_FROM_JOB`.
inline constexpr std::uint32_t create_breakaway_from_job = 0x01000000;

/// For `Options::creationflags`. Python: `IDLE_PRIORITY_CLASS`.
inline constexpr std::uint32_t idle_priority_class = 0x00000040;
/// For `Options::creationflags`. Python: `BELOW_NORMAL_PRIORITY_CLASS`.
inline constexpr std::uint32_t below_normal_priority_class = 0x00004000;
/// For `Options::creationflags`. Python: `NORMAL_PRIORITY_CLASS`.
inline constexpr std::uint32_t normal_priority_class = 0x00000020;
/// For `Options::creationflags`. Python: `ABOVE_NORMAL_PRIORITY_CLASS`.
inline constexpr std::uint32_t above_normal_priority_class = 0x00008000;
/// For `Options::creationflags`. Python: `HIGH_PRIORITY_CLASS`.
inline constexpr std::uint32_t high_priority_class = 0x00000080;
/// For `Options::creationflags`. Python: `REALTIME_PRIORITY_CLASS`.
inline constexpr std::uint32_t realtime_priority_class = 0x00000100;

/// For `StartupInfo::dwFlags`: `wShowWindow` counts. Python: `STARTF_USESHOWWINDOW`.
inline constexpr std::uint32_t startf_useshowwindow = 0x00000001;
/// For `StartupInfo::dwFlags`: the three handles count. Python: `STARTF_USESTDHANDLES`.
inline constexpr std::uint32_t startf_usestdhandles = 0x00000100;
/// For `StartupInfo::dwFlags`: the busy cursor while it starts. Python: `STARTF_FORCEONFEEDBACK`.
inline constexpr std::uint32_t startf_forceonfeedback = 0x00000040;
/// For `StartupInfo::dwFlags`: no busy cursor. Python: `STARTF_FORCEOFFFEEDBACK`.
inline constexpr std::uint32_t startf_forceofffeedback = 0x00000080;
/// For `StartupInfo::wShowWindow`: the first window stays hidden. Python: `SW_HIDE`.
inline constexpr std::uint16_t sw_hide = 0;

/// For `Popen::send_signal`: Ctrl-C in the child's process group. Python: `signal.CTRL_C_EVENT`.
inline constexpr int ctrl_c_event = 0;
/// For `Popen::send_signal`: Ctrl-Break in the child's process group, which it must lead. Python:
/// `signal.CTRL_BREAK_EVENT`.
inline constexpr int ctrl_break_event = 1;

}  // namespace progeny::subprocess
