#include "multiprocessing/managers/session.hpp"

#include "platform/io/readable.hpp"

#include <progeny/base/handle.hpp>

#include <array>
#include <exception>
#include <span>

namespace progeny::multiprocessing::managers::detail {

namespace {

// Longest request in bytes: what a pickle may have.
constexpr std::ptrdiff_t longest = std::ptrdiff_t{1} << 31U;
// How many requests a client may send ahead before only its replies are of interest.
constexpr std::size_t most_early = 64;

}  // namespace

void Waiters::wake_all() noexcept {
  for (Session* const session : sessions_) {
    session->wake();
  }
}

std::string Session::receive() {
  if (early_.empty()) {
    return connection_.recv_bytes(longest, stop_);
  }
  std::string request = std::move(early_.front());
  early_.pop_front();
  return request;
}

Session::Pause Session::sleep(const Deadline& deadline) noexcept {
  try {
    const std::array<native_handle, 2> handles{event_.handle(), connection_.fileno()};
    const std::size_t count = early_.size() < most_early ? 2 : 1;
    const auto ready = platform::all_readable(std::span(handles).first(count), deadline);
    if (stop_.stop_requested()) {
      return Pause::gone;
    }
    if (ready.empty()) {
      return Pause::late;
    }
    if (ready.back() == 1) {
      early_.push_back(connection_.recv_bytes(longest, stop_));
    }
    return Pause::woken;
  } catch (const std::exception&) {
    return Pause::gone;
  }
}

}  // namespace progeny::multiprocessing::managers::detail
