// N: a peer that ends right after it has sent something, beside Python: tests/interop/last_words.py
// plays the same scenarios with Python's own connections. Shared pipes are not among them, as
// Python has none.

#include "support/children/forked_child.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection.hpp>
#include <progeny/subprocess.hpp>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstddef>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

// The build defines PROGENY_INTEROP, the folder of the scripts.

namespace {

namespace mp = progeny::multiprocessing;
namespace sp = progeny::subprocess;

std::pair<mp::Connection, mp::Connection> ends_of(const std::string& kind) {
  if (kind == "packets") {
    return mp::Pipe();
  }
  if (kind == "simplex") {
    return mp::Pipe(false);
  }
  using mp::connection::Family;
  mp::connection::Listener listener(
      {.family = kind == "local" ? Family::unix_socket : Family::inet});
  auto client = mp::connection::Client(listener.address());
  return {listener.accept(), std::move(client)};
}

int send_and_end(mp::Connection& peer, std::size_t size, const std::string& end) {
  peer.send_bytes(std::string(size, 'r'));
  peer.send_bytes("the end");
  if (end == "killed") {
    ::raise(SIGKILL);
  }
  if (end == "closes") {
    peer.close();
  }
  return 0;
}

std::string received(mp::Connection& mine) {
  try {
    return std::to_string(mine.recv_bytes().size());
  } catch (const progeny::EOFError&) {
    return "end";
  }
}

std::string sent(mp::Connection& mine) {
  try {
    mine.send_bytes("too late");
    return "sent";
  } catch (const progeny::OSError& error) {
    return error.code() == std::errc::broken_pipe ? "broken pipe" : error.what();
  }
}

std::string outcome(const std::string& kind,
                    const std::string& end,
                    bool has_unread,
                    std::size_t size) {
  auto [mine, theirs] = ends_of(kind);
  if (has_unread) {
    mine.send_bytes("read by nobody");
  }
  progeny::testing::ForkedChild peer(
      [&end, size, &peer_end = theirs] { return send_and_end(peer_end, size, end); });
  theirs.close();
  std::string words = received(mine);
  for (int i = 0; i < 3; ++i) {
    words += " " + received(mine);
  }
  static_cast<void>(peer.wait());
  return kind == "packets" || kind == "local" ? words + " " + sent(mine) : words;
}

// The scenario that a line of the script begins with, played here.
std::string play(const std::string& name) {
  std::istringstream words(name);
  std::string kind;
  std::string end;
  std::string unread;
  std::size_t size = 0;
  words >> kind >> end >> unread >> size;
  return outcome(kind, end, unread == "unread", size);
}

TEST(LastWords, AreWhatPythonHears) {
  const auto python = sp::run({"python3", std::string(PROGENY_INTEROP) + "/last_words.py"},
                              {.capture_output = true, .check = true, .text = true});
  std::istringstream lines(python.std_out.value());
  int scenarios = 0;
  for (std::string line; std::getline(lines, line); ++scenarios) {
    const std::string name = line.substr(0, line.find(':'));
    EXPECT_EQ(fmt::format("{}: {}", name, play(name)), line);
  }
  EXPECT_EQ(scenarios, 90);
}

}  // namespace
