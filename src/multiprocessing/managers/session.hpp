#pragma once

// One client of a server: its connection, and the waits of its calls.
//
// A call that waits gives up the mutex of its object and waits for two handles: the event of its
// session, which a change of the object sets, and the connection, which becomes readable when the
// client ends. Each change wakes all waiters of the object, and each looks for itself.

#include "base/deadline.hpp"
#include "platform/io/event.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::managers::detail {

using progeny::detail::Deadline;

class Session;

/// Ends a call without a reply: the client or the server is going. No std::exception, so that no
/// handler for errors of methods takes it.
struct ClientGone {};

/// The sessions that wait for a change of an object. The object's mutex guards it.
class Waiters {
 public:
  void add(Session& session) { sessions_.push_back(&session); }
  void remove(Session& session) noexcept { std::erase(sessions_, &session); }
  /// Has all of them look again.
  void wake_all() noexcept;

 private:
  std::vector<Session*> sessions_;
};

/// A connection that is served. Everything but `wake` and `stop` belongs to its thread.
class Session {
 public:
  Session(connection::Connection connection, std::stop_token stop)
      : connection_(std::move(connection)), stop_(std::move(stop)) {}

  /// The next request. Throws EOFError at the end, CancelledError once the server stops.
  [[nodiscard]] std::string receive();
  void send(std::string_view reply) { connection_.send_bytes(reply, 0, {}, stop_); }

  /// Whether the client is told of owners that died.
  [[nodiscard]] bool is_progeny() const noexcept { return is_progeny_; }
  void set_progeny(bool is_progeny) noexcept { is_progeny_ = is_progeny; }

  /// Has a waiting call look again.
  /// - Threads: any.
  void wake() noexcept { event_.set(); }

  /// Waits until `ready()`, which is called with `lock` held. Returns false after the deadline.
  /// Throws ClientGone, with `lock` held, if the client or the server goes.
  template <class Ready>
  bool wait(std::unique_lock<std::mutex>& lock,
            Waiters& waiters,
            const Deadline& deadline,
            const Ready& ready) {
    if (ready()) {
      return true;
    }
    const Place place(waiters, *this);
    for (;;) {
      event_.clear();
      lock.unlock();
      const Pause pause = sleep(deadline);
      lock.lock();
      if (pause == Pause::gone) {
        throw ClientGone();
      }
      if (ready()) {
        return true;
      }
      if (pause == Pause::late) {
        return false;
      }
    }
  }

 private:
  enum class Pause : std::uint8_t { woken, late, gone };

  struct Place {
    Place(Waiters& all, Session& own) : waiters(all), session(own) { waiters.add(session); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { waiters.remove(session); }

    Waiters& waiters;
    Session& session;
  };

  [[nodiscard]] Pause sleep(const Deadline& deadline) noexcept;

  connection::Connection connection_;
  std::stop_token stop_;
  platform::Event event_;
  std::stop_callback<std::function<void()>> on_stop_{stop_, [this] { wake(); }};
  std::deque<std::string> early_;  // Requests that came while a call waited.
  bool is_progeny_ = false;
};

}  // namespace progeny::multiprocessing::managers::detail
