// Objects between C++ and real Python processes: tests/interop.

#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/connection/pickle_connection.hpp>
#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace progeny::multiprocessing::connection {

namespace {

namespace sp = progeny::subprocess;

class PicklePeer : public ::testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] static Family family() {
    return GetParam() == "AF_INET" ? Family::inet : Family::unix_socket;
  }
  [[nodiscard]] static sp::Popen start_peer(const std::string& script,
                                            const std::vector<std::string>& words) {
    std::vector<std::string> args{"python3",
                                  std::string(PROGENY_INTEROP) + "/" + script,
                                  "--family",
                                  GetParam(),
                                  "--authkey",
                                  "secret"};
    args.insert(args.end(), words.begin(), words.end());
    return sp::Popen(args,
                     {.std_out = sp::PIPE, .text = true, .at_scope_exit = sp::AtScopeExit::kill});
  }
  [[nodiscard]] static Address address_in_line(const std::string& line) {
    std::string text = line.substr(line.rfind(' ') + 1);
    text.resize(text.find_last_not_of('\n') + 1);
    const std::size_t colon = text.rfind(':');
    return family() == Family::inet
               ? Address(text.substr(0, colon), std::stoi(text.substr(colon + 1)))
               : Address(text);
  }
};

INSTANTIATE_TEST_SUITE_P(Families, PicklePeer, ::testing::Values("AF_UNIX", "AF_INET"));

// Python compares types, values, shared references and cycles of all its samples.
TEST_P(PicklePeer, EveryKindOfObjectComesBackToPythonAsItWas) {
  for (const char* const protocol : {"2", "4", "5"}) {
    Listener listener({.family = family(), .authkey = "secret"});
    sp::Popen python = start_peer(
        "client_echo.py",
        {"--mode", "objects", "--protocol", protocol, "--address", to_string(listener.address())});
    PickleConnection server(listener.accept(testing::very_long));
    try {
      for (;;) {
        server.send(server.recv());
      }
    } catch (const EOFError&) {  // Python has compared them all.
    }
    const std::string said = python.std_out().read();
    EXPECT_EQ(python.wait(testing::very_long), 0) << said;
  }
}

// A client of a Python listener in its service mode.
TEST_P(PicklePeer, TypesOfCppGoToPythonAndBack) {
  sp::Popen python = start_peer("listener_echo.py", {"--mode", "service"});
  PickleConnection client(
      Client(address_in_line(python.std_out().readline()), {.authkey = "secret"}));
  const std::map<std::string, std::vector<int>> sent{{"a", {1, 2}}, {"b", {}}};
  client.send(std::make_tuple("echo", sent));
  EXPECT_EQ((client.recv<std::map<std::string, std::vector<int>>>()), sent);
  client.send(
      std::make_tuple("repr", std::make_tuple(1, 2.5, std::string("x"), std::vector<bool>())));
  EXPECT_EQ(client.recv<std::string>(), "(1, 2.5, 'x', [])");
  // A message of another type costs only itself.
  client.send(std::make_tuple("echo", "text"));
  EXPECT_THROW(static_cast<void>(client.recv<int>()), TypeError);
  client.send(std::make_tuple("echo", 5));
  EXPECT_EQ(client.recv<int>(), 5);
  client.send(std::make_tuple("close"));
  EXPECT_EQ(python.wait(testing::very_long), 0) << python.std_out().read();
}

}  // namespace

}  // namespace progeny::multiprocessing::connection
