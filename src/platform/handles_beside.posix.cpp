#include "platform/handles_beside.posix.hpp"

#include "platform/posix_call.hpp"

#include <cstring>

namespace progeny::platform {

void attach_handles(msghdr& message,
                    HandleSpace& space,
                    std::span<const native_handle> handles) noexcept {
  if (handles.empty()) {
    return;
  }
  message.msg_control = space.bytes.data();
  message.msg_controllen = CMSG_SPACE(handles.size_bytes());
  std::memset(space.bytes.data(), 0, message.msg_controllen);
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(handles.size_bytes());
  std::memcpy(CMSG_DATA(header), handles.data(), handles.size_bytes());
}

void detach_handles(msghdr& message, std::vector<Handle>& handles) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
      continue;
    }
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int handle = -1;
      std::memcpy(&handle, CMSG_DATA(header) + i * sizeof(int), sizeof handle);
      handles.emplace_back(handle);
    }
  }
}

ssize_t receive_with_handles(native_handle socket,
                             std::span<char> space,
                             std::vector<Handle>& handles) {
  iovec part{.iov_base = space.data(), .iov_len = space.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  HandleSpace beside;
  message.msg_control = beside.bytes.data();
  message.msg_controllen = beside.bytes.size();
  const ssize_t count =
      retry_interrupted([&] { return ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC); });
  if (count == -1) {
    return count;
  }
  detach_handles(message, handles);
  if ((message.msg_flags & MSG_CTRUNC) != 0) {
    handles.clear();
    errno = EMSGSIZE;
    return -1;
  }
  return count;
}

}  // namespace progeny::platform
