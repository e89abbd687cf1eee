#include "platform/ipc/handle_passing.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/ipc/when_ready.posix.hpp"

#include <array>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <sys/uio.h>

namespace progeny::platform {

namespace {

// SCM_MAX_FD of Linux (unix(7)); no header of the C library has it.
constexpr std::size_t most_descriptors = 253;

// Room for the control message that carries descriptors (cmsg(3)), aligned as its header must be.
struct Control {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * most_descriptors)> bytes;
};

void attach(msghdr& message, Control& control, std::span<const native_handle> handles) noexcept {
  message.msg_control = control.bytes.data();
  message.msg_controllen = CMSG_SPACE(handles.size_bytes());
  // The padding behind the last number is sent, too, so it must not hold old bytes of ours.
  std::memset(control.bytes.data(), 0, message.msg_controllen);
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(handles.size_bytes());
  std::memcpy(CMSG_DATA(header), handles.data(), handles.size_bytes());
}

// Every descriptor gets its owner before anything can throw. One that no number above the standard
// streams is free for is lost, as those are that the kernel has no number for.
void adopt_all(const cmsghdr& header, ReceivedHandles& received) {
  const std::size_t count = (header.cmsg_len - CMSG_LEN(0)) / sizeof(int);
  std::array<Handle, most_descriptors + 1> owners;  // The padding has room for one more.
  for (std::size_t i = 0; i < count; ++i) {
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(&header) + i * sizeof(int), sizeof descriptor);
    owners[i] = own_new(descriptor);
    received.truncated = received.truncated || !owners[i];
  }
  for (std::size_t i = 0; i < count; ++i) {
    received.handles.push_back(std::move(owners[i]));
  }
}

// MSG_CTRUNC: the descriptor table was full, and the kernel has closed what did not fit (unix(7)).
void collect(msghdr& message, ReceivedHandles& received) {
  received.truncated = received.truncated || (message.msg_flags & MSG_CTRUNC) != 0;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
      adopt_all(*header, received);
    }
  }
}

}  // namespace

std::size_t most_handles_at_once() noexcept {
  return most_descriptors;
}

IoResult send_with_handles(native_handle socket,
                           std::string_view bytes,
                           std::span<const native_handle> handles,
                           const detail::Deadline& deadline,
                           std::string_view more) {
  // sendmsg(2) does not write to the memory; iovec serves receiving, too.
  // NOLINTBEGIN(cppcoreguidelines-pro-type-const-cast): see above.
  std::array blocks{iovec{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()},
                    iovec{.iov_base = const_cast<char*>(more.data()), .iov_len = more.size()}};
  // NOLINTEND(cppcoreguidelines-pro-type-const-cast)
  msghdr message{};
  message.msg_iov = blocks.data();
  message.msg_iovlen = more.empty() ? 1 : blocks.size();
  Control control;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled as far as it is used.
  if (!handles.empty()) {
    attach(message, control, handles);
  }
  // With a deadline the call must not block: a socket that is ready may have too little room.
  const int flags = MSG_NOSIGNAL | (deadline.is_never() ? 0 : MSG_DONTWAIT);
  return when_ready(
      socket, POLLOUT, deadline, past_reset([&] { return ::sendmsg(socket, &message, flags); }));
}

IoResult receive_with_handles(native_handle socket,
                              std::span<char> space,
                              ReceivedHandles& received,
                              const detail::Deadline& deadline) {
  iovec block{.iov_base = space.data(), .iov_len = space.size()};
  msghdr message{};
  Control control;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled as far as it is used.
  // MSG_CMSG_CLOEXEC leaves no gap in which another thread's child could inherit the handles.
  const int flags = MSG_CMSG_CLOEXEC | (deadline.is_never() ? 0 : MSG_DONTWAIT);
  const auto receive = [&] {
    message.msg_iov = &block;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    return ::recvmsg(socket, &message, flags);
  };
  const IoResult result = when_ready(socket, POLLIN, deadline, past_reset(receive));
  if (!result.error && message.msg_controllen != 0) {
    collect(message, received);
  } else if (!result.error) {
    received.truncated = received.truncated || (message.msg_flags & MSG_CTRUNC) != 0;
  }
  return result;
}

}  // namespace progeny::platform
