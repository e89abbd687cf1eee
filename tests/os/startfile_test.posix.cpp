#include "support/system/process_facts.posix.hpp"
#include "support/system/scoped_env.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/os/startfile.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>

namespace {

using namespace progeny::testing;
namespace os = progeny::os;

// A folder with a program `xdg-open` of the test's own, alone on the PATH.
class FakeDesktop {
 public:
  // `behaviour` is what the program does once it has noted its argument.
  explicit FakeDesktop(const std::string& behaviour)
      : document_((dir_.path() / "notes.txt").string()), path_("PATH", dir_.path().string()) {
    std::ofstream(document_) << "a document";
    const std::filesystem::path program = dir_.path() / "xdg-open";
    std::ofstream(program) << "#!/bin/sh\n"
                           << "echo $$ \"$1\" > '" << note() << ".new'\n"
                           << "/bin/mv '" << note() << ".new' '" << note() << "'\n"
                           << behaviour << '\n';
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  }

  [[nodiscard]] const std::string& document() const { return document_; }

  // The argument that the program got; waits until it has noted it.
  [[nodiscard]] std::string opened() {
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(note()); }));
    std::ifstream file(note());
    file >> pid_ >> std::ws;
    std::string argument;
    std::getline(file, argument);
    return argument;
  }

  // The program's pid, once `opened` has returned.
  [[nodiscard]] int pid() const { return pid_; }

 private:
  [[nodiscard]] std::string note() const { return (dir_.path() / "note").string(); }

  TempDir dir_;
  std::string document_;
  ScopedEnv path_;
  int pid_ = 0;
};

TEST(Startfile, OpensADocumentWithXdgOpen) {
  FakeDesktop desktop("exit 0");
  os::startfile(desktop.document());
  EXPECT_EQ(desktop.opened(), desktop.document());
}

TEST(Startfile, TakesAPathObject) {
  FakeDesktop desktop("exit 0");
  os::startfile(std::filesystem::path(desktop.document()));
  EXPECT_EQ(desktop.opened(), desktop.document());
}

TEST(Startfile, OpensAUrlThoughThereIsNoSuchFile) {
  FakeDesktop desktop("exit 0");
  os::startfile("https://example.org/a?b=c");
  EXPECT_EQ(desktop.opened(), "https://example.org/a?b=c");
}

TEST(Startfile, DoesNotWaitForAProgramThatStaysOpen) {
  FakeDesktop desktop("while :; do /bin/sleep 1; done");
  const auto start = std::chrono::steady_clock::now();
  os::startfile(desktop.document());
  EXPECT_LT(std::chrono::steady_clock::now() - start, very_long);
  EXPECT_EQ(desktop.opened(), desktop.document());
  // It is our child or an orphan. Either way it leaves no zombie.
  ::kill(desktop.pid(), SIGKILL);
  EXPECT_TRUE(eventually([&] { return !is_unreaped_child(desktop.pid()); }));
}

TEST(Startfile, ThrowsIfXdgOpenFindsNoProgram) {
  const FakeDesktop desktop("exit 3");
  EXPECT_THROW(os::startfile(desktop.document()), progeny::OSError);
}

TEST(Startfile, ThrowsForAMissingFileWithItsName) {
  const FakeDesktop desktop("exit 0");
  try {
    os::startfile("/no/such/file.txt");
    ADD_FAILURE() << "startfile opened what is not there";
  } catch (const progeny::OSError& error) {
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
    EXPECT_EQ(error.filename(), "/no/such/file.txt");
  }
}

TEST(Startfile, ThrowsWithoutXdgOpen) {
  const TempDir empty;
  const ScopedEnv path("PATH", empty.path().string());
  EXPECT_THROW(os::startfile("/"), progeny::OSError);
}

TEST(Startfile, RefusesANulByte) {
  const FakeDesktop desktop("exit 0");
  EXPECT_THROW(os::startfile(std::string("a\0b", 3)), progeny::ValueError);
}

}  // namespace
