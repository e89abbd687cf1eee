#pragma once

// The clients of a listening socket that are let in step by step: they prove a key, or ask for
// something. Several at once, so that one that stalls does not keep the others waiting.
//
//     waits in the system's queue                    up to the backlog
//       | accepted, `begin` makes its Visit
//     visits                                         up to `most`, for up to `patience`
//       | its Visit is finished, has failed, or took too long
//     done                                           `take` gives them in this order
//
// While `most` clients visit, the next one waits in the system's queue. It gets the place of the
// oldest client that has not sent a single byte, once that has had a fair time to do so.

#include "base/deadline.hpp"
#include "platform/io/event.hpp"
#include "platform/io/readable_set.hpp"
#include "platform/ipc/socket.hpp"
#include "platform/process/fork_lock.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <optional>

namespace progeny::multiprocessing::detail {

using progeny::detail::Deadline;

/// What is done with one client.
class Visit {
 public:
  Visit() = default;
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  virtual ~Visit() = default;
  /// Goes on as far as it can without waiting, and returns whether it is finished. Throws if the
  /// client does not keep to the protocol, or has gone.
  [[nodiscard]] virtual bool advance() = 0;
  /// Whether the client has not sent anything yet.
  [[nodiscard]] virtual bool is_silent() const noexcept = 0;
};

/// Keyword arguments of `Reception`.
struct ReceptionOptions {
  std::size_t most = 128;  ///< Visits at once, at least 1.
  Timeout patience = {};   ///< For each visit.
};

/// The clients of one listening socket.
/// - Threads: safe. A copy made by fork(2) begins anew: the visits are the parent's.
class Reception {
 public:
  /// Makes the visit of a client, whose socket it borrows. Null turns the client away. Throws as
  /// `Visit::advance`.
  using Begin = std::function<std::unique_ptr<Visit>(native_handle socket)>;

  /// A client whose visit is over.
  struct Done {
    platform::Accepted client;
    std::unique_ptr<Visit> visit;  ///< Null if it has failed.
    std::exception_ptr failure;    ///< Why it has failed.
  };

  /// Borrows `listener`. Throws OSError.
  Reception(native_handle listener, const ReceptionOptions& options, Begin begin);
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;
  ~Reception();

  /// Waits for a client whose visit is finished, and lets visits go on meanwhile. Nothing once the
  /// deadline has passed; then the visits go on in the next call. Throws why a visit has failed,
  /// and OSError if the system cannot wait or accept.
  [[nodiscard]] std::optional<platform::Accepted> await(const Deadline& deadline);

  /// Does all that can be done without waiting. Throws OSError if the system cannot accept.
  void advance();
  /// The next client whose visit is over.
  [[nodiscard]] std::optional<Done> take();
  /// Readable while `advance` or `take` has something to do.
  [[nodiscard]] native_handle handle();
  /// When `advance` has something to do although nothing is readable.
  [[nodiscard]] Deadline next_moment();

  /// For a forked child that does not go on with it: closes its copies. Nothing else may be called
  /// afterwards.
  void let_go() noexcept;

 private:
  struct Guest {
    platform::Accepted client;
    std::unique_ptr<Visit> visit;
    Deadline fair_time;  // Until then a silent client keeps its place.
    Deadline limit;
  };
  using Guests = std::list<Guest>;
  struct State;
  class Turn;

  void accept_waiting();
  [[nodiscard]] std::optional<platform::Accepted> accept_one();
  void receive(platform::Accepted client);
  void go_on(Guests::iterator guest);
  void finish(Guests::iterator guest, std::exception_ptr failure);
  [[nodiscard]] bool is_full() const noexcept;
  [[nodiscard]] bool is_replaceable(Guests::iterator guest) const noexcept;
  void watch_listener();

  const native_handle listener_;
  const ReceptionOptions options_;
  const Begin begin_;
  platform::ForkLock lock_;       // Guards what follows.
  std::uint32_t generation_;      // Of the process to which `state_` belongs.
  std::unique_ptr<State> state_;  // Null after `let_go`.
};

}  // namespace progeny::multiprocessing::detail
