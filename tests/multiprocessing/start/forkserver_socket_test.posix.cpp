// The socket of the forkserver.

#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

namespace fs = std::filesystem;
namespace mp = progeny::multiprocessing;

// The names of all local sockets of the system, by what /proc/PID/fd calls them. A socket without a
// name has an empty one here.
std::map<std::string, std::string> local_sockets() {
  std::map<std::string, std::string> names;
  std::ifstream table("/proc/net/unix");
  std::string line;
  std::getline(table, line);  // The headings.
  while (std::getline(table, line)) {
    std::istringstream columns(line);
    std::string skipped;
    for (int column = 0; column < 6; ++column) {
      columns >> skipped;
    }
    std::string inode;
    std::string name;
    columns >> inode >> name;
    names["socket:[" + inode + "]"] = name;
  }
  return names;
}

std::vector<std::string> names_of_sockets(int pid) {
  const auto sockets = local_sockets();
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    std::error_code is_closed_by_now;
    const auto socket = sockets.find(fs::read_symlink(file, is_closed_by_now).string());
    if (socket != sockets.end()) {
      names.push_back(socket->second);
    }
  }
  return names;
}

// MP-079: only the clients can reach the server, by a socket that they have inherited.
TEST(ForkServerSocket, HasNoName) {
  auto [ours, theirs] = mp::Pipe();
  auto process =
      mp::get_context("forkserver")
          .Process([](mp::Connection& answer) { answer.send(::getppid()); }, std::move(theirs));
  process.start();
  const auto names = names_of_sockets(ours.recv<int>());
  EXPECT_THAT(names, ::testing::Not(::testing::IsEmpty()));
  EXPECT_THAT(names, ::testing::Each(""));
  EXPECT_TRUE(process.join(progeny::testing::very_long));
}

}  // namespace
