#include "multiprocessing/connection/reception.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/channel/channel_errors.hpp"
#include "platform/io/event.hpp"
#include "platform/io/readable.hpp"
#include "platform/io/readable_set.hpp"
#include "platform/ipc/socket.hpp"
#include "platform/process/fork.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/multiprocessing/errors.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// How long a client that has sent nothing keeps its place although another one waits for it. More
// than an honest client needs to answer, also from another continent.
constexpr std::chrono::milliseconds fair_time{1000};

const Deadline& now() {
  static const Deadline past(std::chrono::seconds(0));
  return past;
}

bool is_lack_of_descriptors(const OSError& error) {
  return error.code() == std::errc::too_many_files_open ||
         error.code() == std::errc::too_many_files_open_in_system;
}

}  // namespace

// What a copy made by fork(2) must not share with the original.
struct Reception::State {
  State() { readable.add(has_done.handle()); }

  void drop(Guests::iterator guest) {
    readable.remove(guest->client.socket.get());
    guests.erase(guest);
  }
  [[nodiscard]] Guests::iterator oldest_silent() {
    return std::ranges::find_if(guests,
                                [](const Guest& guest) { return guest.visit->is_silent(); });
  }
  void add_done(Done one) {
    done.push_back(std::move(one));
    has_done.set();
  }

  platform::ReadableSet readable;  // The listener, `has_done`, and the sockets of `guests`.
  platform::Event has_done;        // Set while `done` is not empty.
  Guests guests;                   // The oldest first.
  std::deque<Done> done;
  bool is_listening = false;  // Whether the listener is in `readable`.
};

// Holds the lock, and gives a forked child a state of its own.
class Reception::Turn {
 public:
  explicit Turn(Reception& reception)
      : was_abandoned_(reception.lock_.is_abandoned()), lock_(reception.lock_) {
    if (reception.generation_ == platform::fork_generation()) {
      return;
    }
    if (was_abandoned_) {
      static_cast<void>(reception.state_.release());  // NOLINT(bugprone-unused-return-value): lost.
    }
    reception.state_ = std::make_unique<State>();
    reception.generation_ = platform::fork_generation();
    reception.watch_listener();
  }

 private:
  // A thread of the parent was in the middle of a change: nothing can be said about the lists, so
  // they are left where they are, with the descriptors in them.
  bool was_abandoned_;
  std::lock_guard<platform::ForkLock> lock_;
};

Reception::Reception(native_handle listener, const ReceptionOptions& options, Begin begin)
    : listener_(listener),
      options_(options),
      begin_(std::move(begin)),
      generation_(platform::fork_generation()),
      state_(std::make_unique<State>()) {
  watch_listener();
}

Reception::~Reception() {
  let_go();
}

void Reception::let_go() noexcept {
  if (generation_ != platform::fork_generation() && lock_.is_abandoned()) {
    static_cast<void>(state_.release());  // NOLINT(bugprone-unused-return-value): see Turn.
  }
  state_.reset();
}

std::optional<platform::Accepted> Reception::await(const Deadline& deadline) {
  for (;;) {
    advance();
    if (auto done = take()) {
      if (done->failure) {
        std::rethrow_exception(done->failure);
      }
      return std::move(done->client);
    }
    if (!platform::is_readable(handle(), deadline.capped(next_moment())) && deadline.expired()) {
      return std::nullopt;
    }
  }
}

void Reception::advance() {
  const Turn turn(*this);
  accept_waiting();
  for (auto guest = state_->guests.begin(); guest != state_->guests.end();) {
    go_on(guest++);
  }
  watch_listener();
}

std::optional<Reception::Done> Reception::take() {
  const Turn turn(*this);
  if (state_->done.empty()) {
    return std::nullopt;
  }
  Done next = std::move(state_->done.front());
  state_->done.pop_front();
  if (state_->done.empty()) {
    state_->has_done.clear();
  }
  watch_listener();
  return next;
}

native_handle Reception::handle() {
  const Turn turn(*this);
  return state_->readable.handle();
}

Deadline Reception::next_moment() {
  const Turn turn(*this);
  Deadline next;
  for (const Guest& guest : state_->guests) {
    next = next.capped(guest.limit);
  }
  const auto silent = state_->oldest_silent();
  if (!state_->is_listening && silent != state_->guests.end()) {
    next = next.capped(silent->fair_time);
  }
  return next;
}

// A call takes no more clients than there are places, so that it ends although more keep coming.
void Reception::accept_waiting() {
  for (std::size_t i = 0; i < options_.most; ++i) {
    if (is_full()) {
      const auto silent = state_->oldest_silent();
      if (!is_replaceable(silent) || !platform::is_readable(listener_, now())) {
        return;
      }
      state_->drop(silent);
    }
    auto client = accept_one();
    if (!client) {
      return;
    }
    receive(std::move(*client));
  }
}

// Without a free descriptor, silent clients make room before an honest one must wait.
std::optional<platform::Accepted> Reception::accept_one() {
  for (;;) {
    try {
      return platform::accept_from(listener_, now());
    } catch (const OSError& error) {
      const auto silent = state_->oldest_silent();
      if (!is_lack_of_descriptors(error) || silent == state_->guests.end()) {
        throw;
      }
      state_->drop(silent);
    }
  }
}

void Reception::receive(platform::Accepted client) {
  try {
    auto visit = begin_(client.socket.get());
    if (visit == nullptr) {
      return;
    }
    state_->guests.push_back({.client = std::move(client),
                              .visit = std::move(visit),
                              .fair_time = Deadline(fair_time),
                              .limit = Deadline(options_.patience)});
    state_->readable.add(state_->guests.back().client.socket.get());
  } catch (...) {
    if (client.socket) {
      state_->add_done({.client = std::move(client), .failure = std::current_exception()});
    } else {
      state_->guests.pop_back();
      throw;
    }
  }
}

void Reception::go_on(Guests::iterator guest) {
  try {
    if (guest->visit->advance()) {
      finish(guest, nullptr);
    } else if (guest->limit.expired()) {
      throw AuthenticationError("a client did not finish the handshake in time");
    }
  } catch (...) {
    finish(guest, std::current_exception());
  }
}

// A client that has failed is hung up on at once.
void Reception::finish(Guests::iterator guest, std::exception_ptr failure) {
  Done done{.client = std::move(guest->client), .failure = std::move(failure)};
  state_->readable.remove(done.client.socket.get());
  if (done.failure) {
    done.client.socket.reset();
  } else {
    done.visit = std::move(guest->visit);
  }
  state_->guests.erase(guest);
  state_->add_done(std::move(done));
}

bool Reception::is_full() const noexcept {
  return state_->guests.size() + state_->done.size() >= options_.most;
}

bool Reception::is_replaceable(Guests::iterator guest) const noexcept {
  return guest != state_->guests.end() && guest->fair_time.expired();
}

// While nobody can be accepted, a client that waits must not wake anybody.
void Reception::watch_listener() {
  const bool listens = !is_full() || is_replaceable(state_->oldest_silent());
  if (listens && !state_->is_listening) {
    state_->readable.add(listener_);
  } else if (!listens && state_->is_listening) {
    state_->readable.remove(listener_);
  }
  state_->is_listening = listens;
}

}  // namespace progeny::multiprocessing::detail
