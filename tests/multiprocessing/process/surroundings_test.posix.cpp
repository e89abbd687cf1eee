// Folder, environment, signals and command line of a child.

#include "multiprocessing/methods.hpp"
#include "support/system/temp_dir.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using progeny::multiprocessing::Connection;
namespace mp = progeny::multiprocessing;

class Surrounded : public progeny::testing::EveryMethod {};
INSTANTIATE_FOR_EVERY_METHOD(Surrounded);

struct Surroundings {
  std::string folder;
  std::string variable;
  bool ignores_usr1 = false;
  bool blocks_usr2 = false;
  std::vector<std::string> arguments;
};

std::vector<std::string> command_line() {
  std::ifstream file("/proc/self/cmdline");
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');) {
    words.push_back(word);
  }
  return words;
}

void tell_surroundings(Connection& connection) {
  struct sigaction action{};
  ::sigaction(SIGUSR1, nullptr, &action);
  sigset_t blocked;
  ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
  const char* const variable = std::getenv("PROGENY_TEST_START");
  connection.send(Surroundings{.folder = std::filesystem::current_path(),
                               .variable = variable == nullptr ? "" : variable,
                               .ignores_usr1 = action.sa_handler == SIG_IGN,
                               .blocks_usr2 = sigismember(&blocked, SIGUSR2) == 1,
                               .arguments = command_line()});
}

/// While it lives, this process has another folder, a variable, SIGUSR1 ignored and SIGUSR2
/// blocked.
class OtherSurroundings {
 public:
  OtherSurroundings() : folder_(std::filesystem::current_path()) {
    std::filesystem::current_path(other_.path());
    ::setenv("PROGENY_TEST_START", "set", 1);
    std::signal(SIGUSR1, SIG_IGN);
    change_mask(SIG_BLOCK);
  }
  OtherSurroundings(const OtherSurroundings&) = delete;
  OtherSurroundings& operator=(const OtherSurroundings&) = delete;
  ~OtherSurroundings() {
    change_mask(SIG_UNBLOCK);
    std::signal(SIGUSR1, SIG_DFL);
    ::unsetenv("PROGENY_TEST_START");
    std::filesystem::current_path(folder_);
  }

  [[nodiscard]] std::string folder() const { return other_.path(); }

 private:
  static void change_mask(int how) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    ::sigprocmask(how, &set, nullptr);
  }

  progeny::testing::TempDir other_;
  std::filesystem::path folder_;
};

// MP-056, MP-058: a child of the forkserver has the environment and signals that the server was
// started with. Other children have those of their parent.
TEST_P(Surrounded, SurroundingsAreThoseOfTheParentOrOfTheServer) {
  const OtherSurroundings others;
  const auto seen = answer_of<Surroundings>(tell_surroundings);
  const bool of_now = GetParam() != "forkserver";
  EXPECT_EQ(seen.folder, others.folder());
  EXPECT_EQ(seen.variable, of_now ? "set" : "");
  EXPECT_EQ(seen.ignores_usr1, of_now);
  EXPECT_EQ(seen.blocks_usr2, of_now);
  EXPECT_EQ(seen.arguments.front(), command_line().front());
}

// MP-067
TEST_P(Surrounded, TheCommandLineKeepsSecrets) {
  const auto seen = answer_of<Surroundings>(tell_surroundings);
  const auto ours = command_line();
  const std::string key = mp::current_process().authkey();
  for (const std::string& word : seen.arguments) {
    EXPECT_EQ(word.find(key), std::string::npos);
  }
  EXPECT_LE(seen.arguments.size(), ours.size() + 1);
}

}  // namespace
