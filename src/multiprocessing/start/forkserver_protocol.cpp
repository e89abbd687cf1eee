#include "multiprocessing/start/forkserver_protocol.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/start/child_handles.hpp"
#include "platform/io/readable.hpp"
#include "platform/ipc/handle_passing.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/errors.hpp>
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

// The bytes of a request. `pid` and `signal` belong to a SignalRequest.
struct RequestRecord {
  enum class Kind : std::uint32_t { start = 0x70726f67, signal = 0x70726f68 };

  Kind kind = Kind::start;
  std::int32_t pid = 0;
  std::int32_t signal = 0;
  ChildLabel label = 0;
};

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
  const RequestRecord record{.label = request.label};
  return platform::send_message(requests, bytes_of(record), handles);
}

std::error_code send_request(native_handle requests, const SignalRequest<native_handle>& request) {
  const RequestRecord record{.kind = RequestRecord::Kind::signal,
                             .pid = request.pid,
                             .signal = request.signal,
                             .label = request.label};
  return platform::send_message(requests, bytes_of(record), {&request.answer, 1});
}

std::optional<platform::ReceivedMessage> receive_request(native_handle requests) {
  return platform::receive_message(requests, sizeof(RequestRecord));
}

namespace {

Request read_start(const RequestRecord& record, std::vector<Handle> handles) {
  StartRequest<Handle> request{.label = record.label};
  if (handles.size() < request.fixed) {
    return {};
  }
  auto next = std::make_move_iterator(handles.begin());
  request.answers = *next++;
  request.data = *next++;
  request.request_end = *next++;
  request.child = unpack(std::vector<Handle>(next, std::make_move_iterator(handles.end())));
  return request;
}

}  // namespace

Request read_request(platform::ReceivedMessage message) {
  const auto record = record_of<RequestRecord>(message.bytes);
  auto& handles = message.handles;
  if (record && record->kind == RequestRecord::Kind::start) {
    return read_start(*record, std::move(handles));
  }
  if (record && record->kind == RequestRecord::Kind::signal && handles.size() == 1) {
    return SignalRequest<Handle>{.answer = std::move(handles.front()),
                                 .label = record->label,
                                 .pid = record->pid,
                                 .signal = record->signal};
  }
  return {};
}

namespace {

// What a socket reports whose other end is closed (unix(7), sendmsg(2)).
bool has_no_reader(const std::error_code& error) {
  return error == std::errc::broken_pipe || error == std::errc::connection_reset;
}

}  // namespace

bool send_notice(native_handle answers, const StartNotice& notice, native_handle process) noexcept {
  const std::size_t count = process == Handle::none() ? 0 : 1;
  auto error = platform::send_message(answers, bytes_of(notice), {&process, count});
  if (error && count != 0 && !has_no_reader(error)) {
    error = platform::send_message(answers, bytes_of(notice));
  }
  return !error || has_no_reader(error);
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

void send_signal_result(native_handle answer, const std::error_code& error) noexcept {
  const std::int32_t number = error.value();
  static_cast<void>(platform::send_message(answer, bytes_of(number)));
}

std::error_code receive_signal_result(native_handle answer,
                                      const progeny::detail::Deadline& deadline) noexcept {
  try {
    if (!platform::is_readable(answer, deadline)) {
      return std::make_error_code(std::errc::timed_out);
    }
    const auto message = platform::receive_message(answer, sizeof(std::int32_t));
    const auto number = message ? record_of<std::int32_t>(message->bytes) : std::nullopt;
    return number ? std::error_code(*number, std::generic_category())
                  : std::make_error_code(std::errc::no_child_process);
  } catch (const OSError& error) {
    return error.code();
  } catch (const std::exception&) {
    return std::make_error_code(std::errc::not_enough_memory);
  }
}

}  // namespace progeny::multiprocessing::detail
