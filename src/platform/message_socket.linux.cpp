#include "platform/message_socket.hpp"

#include "platform/posix_call.hpp"

#include <array>
#include <cstring>

#include <sys/socket.h>

namespace progeny::platform {

namespace {

// Room for the handles of one message, aligned as the kernel wants it (cmsg(3)).
struct HandleSpace {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(most_handles_in_message * sizeof(int))> bytes{};
};

void attach(msghdr& message, HandleSpace& space, std::span<const native_handle> handles) noexcept {
  if (handles.empty()) {
    return;
  }
  message.msg_control = space.bytes.data();
  message.msg_controllen = CMSG_SPACE(handles.size_bytes());
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(handles.size_bytes());
  std::memcpy(CMSG_DATA(header), handles.data(), handles.size_bytes());
}

std::vector<Handle> detach(msghdr& message) {
  std::vector<Handle> handles;
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
  return handles;
}

}  // namespace

std::pair<Handle, Handle> make_message_sockets() {
  std::array<int, 2> ends{};
  checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  return {Handle(ends[0]), Handle(ends[1])};
}

std::error_code send_message(native_handle socket,
                             std::string_view bytes,
                             std::span<const native_handle> handles) noexcept {
  if (handles.size() > most_handles_in_message) {
    return std::make_error_code(std::errc::argument_list_too_long);
  }
  iovec part{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  HandleSpace space;
  attach(message, space, handles);
  const ErrnoKeeper keeper;
  const auto sent = retry_interrupted([&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL); });
  return sent == -1 ? last_error() : std::error_code();
}

std::optional<ReceivedMessage> receive_message(native_handle socket, std::size_t most) {
  ReceivedMessage received{.bytes = std::string(most, '\0'), .handles = {}};
  iovec part{.iov_base = received.bytes.data(), .iov_len = most};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  HandleSpace space;
  message.msg_control = space.bytes.data();
  message.msg_controllen = space.bytes.size();
  const auto count = checked(
      retry_interrupted([&] { return ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC); }), "recvmsg");
  received.handles = detach(message);
  if (count == 0 && received.handles.empty()) {
    return std::nullopt;
  }
  if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
    throw OSError(std::make_error_code(std::errc::message_size), "recvmsg");
  }
  received.bytes.resize(static_cast<std::size_t>(count));
  return received;
}

}  // namespace progeny::platform
