#include "multiprocessing/start/forkserver_protocol.hpp"

#include "multiprocessing/start/child_handles.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

// The bytes of a request. All else travels as handles.
constexpr std::uint32_t request_word = 0x70726f67;

// Client and server are the same program, so records travel as they lie in memory.
template <class Record>
std::string_view bytes_of(const Record& record) noexcept {
  static_assert(std::is_trivially_copyable_v<Record>);
  return {reinterpret_cast<const char*>(&record), sizeof record};
}

template <class Record>
std::optional<Record> record_of(std::string_view bytes) noexcept {
  static_assert(std::is_trivially_copyable_v<Record>);
  Record record;
  if (bytes.size() != sizeof record) {
    return std::nullopt;
  }
  std::memcpy(&record, bytes.data(), sizeof record);
  return record;
}

}  // namespace

std::size_t most_argument_handles() noexcept {
  return platform::most_handles_at_once() - StartRequest<native_handle>::fixed;
}

std::error_code send_request(native_handle requests, const StartRequest<native_handle>& request) {
  std::vector<native_handle> handles{request.answers, request.data, request.request_end};
  std::ranges::copy(pack(request.child), std::back_inserter(handles));
  return platform::send_message(requests, bytes_of(request_word), handles);
}

std::optional<platform::ReceivedMessage> receive_request(native_handle requests) {
  return platform::receive_message(requests, sizeof request_word);
}

std::optional<StartRequest<Handle>> read_request(platform::ReceivedMessage message) {
  StartRequest<Handle> request;
  auto& handles = message.handles;
  if (message.bytes != bytes_of(request_word) || handles.size() < request.fixed) {
    return std::nullopt;
  }
  auto next = std::make_move_iterator(handles.begin());
  request.answers = *next++;
  request.data = *next++;
  request.request_end = *next++;
  request.child = unpack(std::vector<Handle>(next, std::make_move_iterator(handles.end())));
  return request;
}

void send_notice(native_handle answers, const StartNotice& notice, native_handle process) noexcept {
  const std::size_t count = process == Handle::none() ? 0 : 1;
  static_cast<void>(platform::send_message(answers, bytes_of(notice), {&process, count}));
}

std::optional<ReceivedNotice> receive_notice(native_handle answers) {
  auto message = platform::receive_message(answers, sizeof(StartNotice));
  const auto notice = message ? record_of<StartNotice>(message->bytes) : std::nullopt;
  if (!notice) {
    return std::nullopt;
  }
  auto& handles = message->handles;
  return ReceivedNotice{.notice = *notice,
                        .process = handles.empty() ? Handle() : std::move(handles.front())};
}

void send_status(native_handle answers, const platform::ExitStatus& status) noexcept {
  static_cast<void>(platform::send_message(answers, bytes_of(status)));
}

std::optional<platform::ExitStatus> peek_status(native_handle answers) noexcept {
  try {
    const auto message = platform::peek_message(answers, sizeof(platform::ExitStatus));
    return message ? record_of<platform::ExitStatus>(*message) : std::nullopt;
  } catch (const std::exception&) {  // As if the server had ended: there will be no better answer.
    return std::nullopt;
  }
}

}  // namespace progeny::multiprocessing::detail
