// Python processes as peers: tests/interop. `PROGENY_PEER_PYTHONS` names their interpreters,
// separated by colons. The default is `python3`.

#include "support/faults/raw_peer.posix.hpp"
#include "support/system/process_facts.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/reduction.hpp>
#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

// The build defines PROGENY_INTEROP, the folder of the scripts.

namespace progeny::multiprocessing::connection {

namespace {

namespace sp = progeny::subprocess;

std::vector<std::string> pythons() {
  const char* const named = std::getenv("PROGENY_PEER_PYTHONS");
  std::istringstream list(named == nullptr ? "python3" : named);
  std::vector<std::string> all;
  for (std::string python; std::getline(list, python, ':');) {
    all.push_back(python);
  }
  return all;
}

struct Variant {
  std::string python;
  std::string family;
  std::string key;
};

std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const std::string& python : pythons()) {
    for (const std::string family : {"AF_UNIX", "AF_INET"}) {
      for (const std::string key : {"", "secret key"}) {
        all.push_back({python, family, key});
      }
    }
  }
  return all;
}

class Peer : public ::testing::TestWithParam<Variant> {
 protected:
  using Words = std::vector<std::string>;

  // Starts a script of tests/interop.
  [[nodiscard]] sp::Popen start(const std::string& script, const Words& words) const {
    Words args{GetParam().python,
               std::string(PROGENY_INTEROP) + "/" + script,
               "--family",
               GetParam().family};
    args.insert(args.end(), words.begin(), words.end());
    return sp::Popen(args,
                     {.std_out = sp::PIPE, .text = true, .at_scope_exit = sp::AtScopeExit::kill});
  }
  [[nodiscard]] Words with_key(Words words, const std::string& key) const {
    if (!key.empty()) {
      words.insert(words.end(), {"--authkey", key});
    }
    return words;
  }
  [[nodiscard]] std::optional<std::string> key() const {
    return GetParam().key.empty() ? std::nullopt : std::optional(GetParam().key);
  }
  [[nodiscard]] Family family() const {
    return GetParam().family == "AF_INET" ? Family::inet : Family::unix_socket;
  }
  // The address in the line `READY <family> <address>`.
  [[nodiscard]] Address address_in(const std::string& line) const {
    std::string text = line.substr(line.rfind(' ') + 1);
    text.resize(text.find_last_not_of('\n') + 1);
    const std::size_t colon = text.rfind(':');
    return family() == Family::inet
               ? Address(text.substr(0, colon), std::stoi(text.substr(colon + 1)))
               : Address(text);
  }
};

std::string test_name(const ::testing::TestParamInfo<Variant>& info) {
  std::string name = info.param.python + "_" + info.param.family;
  name += info.param.key.empty() ? "_open" : "_keyed";
  for (char& letter : name) {
    letter = std::isalnum(static_cast<unsigned char>(letter)) != 0 ? letter : '_';
  }
  return name;
}

std::vector<Variant> variants_with_key() {
  auto all = variants();
  std::erase_if(all, [](const Variant& variant) { return variant.key.empty(); });
  return all;
}

class KeyedPeer : public Peer {};

INSTANTIATE_TEST_SUITE_P(Python, Peer, ::testing::ValuesIn(variants()), test_name);
INSTANTIATE_TEST_SUITE_P(Python, KeyedPeer, ::testing::ValuesIn(variants_with_key()), test_name);

void echo_until_end(Connection& server) {
  try {
    for (;;) {
      server.send_bytes(server.recv_bytes());
    }
  } catch (const EOFError&) {  // The client has what it wanted.
  }
}

// Python's listener sends back every frame.
TEST_P(Peer, ListenerEchoesOurMessages) {
  sp::Popen python = start("listener_echo.py", with_key({"--mode", "bytes"}, GetParam().key));
  {
    Connection client = Client(address_in(python.std_out().readline()), {.authkey = key()});
    for (const std::size_t size :
         {0UL, 1UL, 5UL, 4092UL, 4093UL, 16384UL, 16385UL, 65536UL, 65537UL, 3'000'000UL}) {
      client.send_bytes(testing::pattern(size));
      EXPECT_TRUE(client.recv_bytes() == testing::pattern(size)) << size;
    }
    for (int i = 0; i < 100; ++i) {
      client.send_bytes(std::to_string(i));
    }
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(client.recv_bytes(), std::to_string(i));
    }
  }
  EXPECT_EQ(python.wait(testing::very_long), 0) << python.std_out().read();
}

// Python's client checks what our listener sends back.
TEST_P(Peer, ClientIsEchoedByOurListener) {
  Listener listener({.family = family(), .authkey = key()});
  sp::Popen python = start(
      "client_echo.py",
      with_key({"--mode", "bytes", "--address", to_string(listener.address())}, GetParam().key));
  Connection server = listener.accept(testing::very_long);
  echo_until_end(server);
  EXPECT_EQ(python.wait(testing::very_long), 0) << python.std_out().read();
}

TEST_P(KeyedPeer, ListenerRefusesOurWrongKey) {
  sp::Popen python = start("listener_echo.py",
                           with_key({"--mode", "bytes", "--expect-auth-failure"}, GetParam().key));
  const Address address = address_in(python.std_out().readline());
  EXPECT_THROW(static_cast<void>(Client(address, {.authkey = "another key"})), AuthenticationError);
  EXPECT_EQ(python.wait(testing::very_long), 0) << python.std_out().read();
}

TEST_P(KeyedPeer, ClientWithAWrongKeyIsRefused) {
  Listener listener({.family = family(), .authkey = key()});
  sp::Popen python = start(
      "client_echo.py",
      with_key(
          {"--mode", "bytes", "--expect-auth-failure", "--address", to_string(listener.address())},
          "another key"));
  EXPECT_THROW(static_cast<void>(listener.accept(testing::very_long)), AuthenticationError);
  EXPECT_EQ(python.wait(testing::very_long), 0) << python.std_out().read();
}

// P3: Whether this Python confirms descriptors: from 3.14 on, and where it says so itself.
bool acknowledges_handles(const std::string& program) {
  const std::string question =
      "import sys, multiprocessing.reduction as r\n"
      "sys.exit(not (sys.version_info >= (3, 14) or getattr(r, 'ACKNOWLEDGE', False)))";
  return sp::run({program, "-c", question}).returncode == 0;
}

// Descriptors go both ways, as Python's `reduction` passes them.
TEST(PythonPeer, ExchangesDescriptorsWithUs) {
  for (const std::string& program : pythons()) {
    auto [ours, theirs] = testing::make_raw_peer();
    auto [reader, writer] = Pipe(false);
    const std::string script = R"(
import os, sys
from multiprocessing import connection, reduction
c = connection.Connection(int(sys.argv[1]))
fd = reduction.recv_handle(c)
os.write(fd, b'\0\0\0\5hello')
r, w = os.pipe()
reduction.send_handle(c, r, os.getppid())
os.write(w, b'\0\0\0\3bye')
c.recv_bytes()
)";
    sp::Popen python({program, "-c", script, std::to_string(theirs.get())},
                     {.pass_fds = {theirs.get()}});
    theirs.reset();
    const reduction::PassingOptions options{.acknowledge = acknowledges_handles(program)};
    reduction::send_handle(ours, writer.fileno(), 0, options);
    EXPECT_EQ(reader.recv_bytes(), "hello");
    Connection from_python(reduction::recv_handle(ours, options), true, false);
    EXPECT_EQ(from_python.recv_bytes(), "bye");
    ours.send_bytes("end");
    EXPECT_EQ(python.wait(testing::very_long), 0);
  }
}

}  // namespace

}  // namespace progeny::multiprocessing::connection
