#pragma once

// Handles in the ancillary data of a message (SCM_RIGHTS, unix(7)). POSIX only.

#include "platform/channel.hpp"

#include <progeny/base/handle.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include <sys/socket.h>
#include <sys/types.h>

namespace progeny::platform {

/// Room for the handles of one message (SCM_MAX_FD of the kernel), aligned as the kernel wants it
/// (cmsg(3)). Not initialised: most messages have none.
struct HandleSpace {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): see above.
  alignas(cmsghdr) std::array<char, CMSG_SPACE(most_handles_in_message * sizeof(int))> bytes;
};

/// Puts `handles` beside `message`; nothing if there are none. `space` must live until it is sent.
void attach_handles(msghdr& message,
                    HandleSpace& space,
                    std::span<const native_handle> handles) noexcept;

/// Takes the handles beside a received `message` and adds them to `handles`.
void detach_handles(msghdr& message, std::vector<Handle>& handles);

/// recvmsg(2) into `space`, retried after EINTR. Handles that did not fit into the descriptor table
/// are an error (EMSGSIZE, and what came of them is closed).
[[nodiscard]] ssize_t receive_with_handles(native_handle socket,
                                           std::span<char> space,
                                           std::vector<Handle>& handles);

}  // namespace progeny::platform
