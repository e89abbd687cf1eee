// Several processes at each end of one shared pipe, any of which is killed at any moment, or
// stopped for a while.

#include "multiprocessing/channel/channel.hpp"
#include "soak/killer.posix.hpp"
#include "soak/letters.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/detail/connection_access.hpp>
#include <progeny/serial.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace progeny::testing {

namespace {

namespace mp = progeny::multiprocessing;

// D1: stops this process now and then, at any instruction of what it does then. A timer of the
// system stops it by way of a signal, and another one lets it go on, which it also does if the
// process is inside a lock that all others want.
class Stops {
 public:
  // To be called before each step.
  static void maybe_soon() {
    if (owner_ != ::getpid()) {  // Timers are not inherited.
      owner_ = ::getpid();
      begin();
    }
    if (std::chrono::steady_clock::now() >= next_) {
      next_ = std::chrono::steady_clock::now() + milliseconds(pick(2000));
      arm(stop_, {.tv_nsec = 1 + pick(2'000'000)}, {});
    }
  }

 private:
  using milliseconds = std::chrono::milliseconds;

  static void begin() {
    random_.seed(static_cast<unsigned>(::getpid()));
    struct sigaction action{};
    action.sa_handler = [](int) {
      const int error = errno;
      // Again and again: the first time may come before the process has stopped.
      arm(go_on_, {.tv_nsec = 1 + pick(300) * 1'000'000}, {.tv_nsec = 50'000'000});
      static_cast<void>(::raise(SIGSTOP));
      arm(go_on_, {}, {});
      errno = error;
    };
    ::sigaction(SIGALRM, &action, nullptr);
    make(stop_, SIGALRM);
    make(go_on_, SIGCONT);
  }

  static void make(timer_t& timer, int signal) {
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = signal;
    if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) {
      throw std::runtime_error("there is no timer");
    }
  }
  static void arm(timer_t timer, const timespec& first, const timespec& then) {
    const itimerspec time{.it_interval = then, .it_value = first};
    ::timer_settime(timer, 0, &time, nullptr);
  }
  static long pick(long count) {
    return std::uniform_int_distribution<long>(0, count - 1)(random_);
  }

  static inline int owner_ = 0;
  static inline timer_t stop_{};
  static inline timer_t go_on_{};
  static inline std::chrono::steady_clock::time_point next_;
  static inline std::minstd_rand random_;
};

// Messages of one piece and of several.
class PipeSubject : public LetterSubject {
 public:
  PipeSubject() : LetterSubject({40, 0, 3'000, 300'000}, 1) {}
  [[nodiscard]] std::string name() const override { return "Pipe"; }
  [[nodiscard]] std::string step(int number) override {
    Stops::maybe_soon();
    return LetterSubject::step(number);
  }

 protected:
  [[nodiscard]] bool has_enough() override { return false; }

  [[nodiscard]] std::size_t send(const std::vector<Letter>& letters) override {
    ends_.second.send(letters.front());
    return 1;
  }

  [[nodiscard]] std::vector<Letter> receive() override {
    if (!ends_.first.poll(killer_deadline)) {
      throw std::runtime_error("nothing came in time");
    }
    return {ends_.first.recv<Letter>()};
  }

  [[nodiscard]] std::vector<Letter> receive_rest() override {
    // The senders are dead, and the end of the last message may be missing.
    ends_.second.close();
    try {
      return {receive_one(very_long)};
    } catch (const EOFError&) {
      return {};
    } catch (const OSError& error) {
      return error.code() == std::errc::connection_aborted ? std::vector<Letter>() : throw;
    }
  }

  [[nodiscard]] virtual Letter receive_one(const Timeout& /*timeout*/) {
    return ends_.first.recv<Letter>();
  }

  std::pair<mp::Connection, mp::Connection> ends_ = mp::Pipe({.duplex = false, .shared = true});
};

// D1: participants are stopped for up to three seconds, and every call has a deadline, which
// connections have inside only.
class StoppedPipeSubject : public PipeSubject {
 public:
  [[nodiscard]] std::string name() const override { return "stopped Pipe"; }
  [[nodiscard]] bool stands_stops() const override { return true; }
  [[nodiscard]] std::string step(int number) override { return LetterSubject::step(number); }

 private:
  [[nodiscard]] std::size_t send(const std::vector<Letter>& letters) override {
    const std::string bytes = serial::to_bytes(letters.front());
    const auto call = [&] {
      channel(ends_.second).send({.body = bytes}, Deadline(Timeout(killer_deadline)));
    };
    return in_time(call) ? 1 : 0;
  }

  // Its sender may be stopped in the middle of it: then it is given up, and lost.
  [[nodiscard]] std::vector<Letter> receive() override {
    std::vector<Letter> letters;
    if (!in_time([&] { letters.push_back(receive_one(killer_deadline)); })) {
      may_lose_one();
    }
    return letters;
  }

  [[nodiscard]] Letter receive_one(const Timeout& timeout) override {
    return serial::from_bytes<Letter>(
        channel(ends_.first).receive(mp::detail::any_length, Deadline(timeout), nullptr));
  }

  using Deadline = mp::detail::Deadline;

  static mp::detail::Channel& channel(const mp::Connection& connection) {
    return mp::detail::ConnectionAccess::channel(connection);
  }

  template <class Call>
  static bool in_time(const Call& call) {
    try {
      call();
      return true;
    } catch (const OSError& error) {
      return error.code() == std::errc::timed_out ? false : throw;
    }
  }
};

}  // namespace

std::unique_ptr<KillerSubject> stopped_pipe_subject() {
  return std::make_unique<StoppedPipeSubject>();
}

std::unique_ptr<KillerSubject> pipe_subject() {
  return std::make_unique<PipeSubject>();
}

}  // namespace progeny::testing
