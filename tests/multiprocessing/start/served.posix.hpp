#pragma once

// Children of a forkserver, and servers that a test has for itself.

#include "multiprocessing/methods.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/context.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>

#include <unistd.h>

namespace progeny::testing {

using mp::Connection;

/// For bodies that run in another process: makes its exit code 1.
inline void require(bool fact) {
  if (!fact) {
    throw std::runtime_error("a requirement of the test is not met");
  }
}

/// Runs a function in a process that has no forkserver yet. Returns whether all that it requires
/// was met.
template <class... Args>
[[nodiscard]] bool holds_in_fresh_process(void (*body)(Args...),
                                          std::type_identity_t<Args>... args) {
  auto process = mp::get_context("spawn").Process(body, args...);
  process.start();
  EXPECT_TRUE(process.join(very_long));
  return process.exitcode() == 0;
}

template <class... Args>
mp::Process served(Args&&... args) {
  auto process = mp::get_context("forkserver").Process(std::forward<Args>(args)...);
  process.start();
  return process;
}

inline void tell_pids(Connection& connection) {
  connection.send(std::pair<int, int>(::getpid(), ::getppid()));
  wait_for_word(connection);
}

/// A child of the forkserver that lives until `dismiss()`.
struct Resident {
  Connection ours;
  mp::Process process;
  int pid = 0;
  int server = 0;

  Resident() : Resident(mp::Pipe()) {}
  void dismiss() {
    ours.send_bytes("end");
    require(process.join(very_long));
  }

 private:
  explicit Resident(std::pair<Connection, Connection> ends)
      : ours(std::move(ends.first)), process(served(tell_pids, std::move(ends.second))) {
    std::tie(pid, server) = ours.recv<std::pair<int, int>>();
  }
};

}  // namespace progeny::testing
