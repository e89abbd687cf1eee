#pragma once

// The small process that makes copies of itself on request. forkserver.cpp asks it,
// forkserver_server.cpp is it.
//
// Who may ask holds one end of a socket that has no name; the server holds the other end, and ends
// when nobody is left who could ask. A request is one message with the handles
//   0  a socket for the answers: {pid} with the process's handle, then {status}
//   1  the file with the child's StartData
//   2  the lifeline of the process that asks
//   3  the end of the socket by which the child itself may ask
//   4  both ends of the resource tracker's line, as who asks has them
//   6… what the child's arguments hold

#include "multiprocessing/start/spawn.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace progeny::multiprocessing::detail {

inline constexpr std::size_t place_of_request_end = 3;
inline constexpr std::size_t own_handles_of_request = 6;
/// What a request says; everything else is no request.
inline constexpr std::uint32_t request_word = 0x70726f67;

/// The server's first answer. The second is the process's `ExitStatus`.
struct BirthNotice {
  std::int32_t pid = 0;
  std::int32_t error = 0;  ///< Why there is no process: an `errno`.
};

/// The server's life. `handles` holds the end by which it hears.
[[noreturn]] void serve(const ServerData& data, std::vector<Handle> handles) noexcept;

/// In a child of the server: how it may ask the same server.
void take_over_forkserver(Handle request_end);

}  // namespace progeny::multiprocessing::detail
