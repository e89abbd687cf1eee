// A separate program for the tests of shared memory, so that its blocks are tracked apart from
// those of the test program. The first argument names a command. The program reports to the test in
// lines on stdout. A command that keeps it alive does so until its stdin ends.

#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "platform/ipc/record_pipe.hpp"
#include "platform/memory/named_memory.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing.hpp>
#include <progeny/subprocess/popen.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace mp = progeny::multiprocessing;
namespace sp = progeny::subprocess;
using mp::shared_memory::SharedMemory;
using Words = std::vector<std::string>;

void tell(const std::string& line) {
  std::cout << line << '\n' << std::flush;
}

void await_end_of_input() {
  std::string ignored;
  while (std::getline(std::cin, ignored)) {
  }
}

SharedMemory new_block() {
  return SharedMemory({.create = true, .size = 64});
}

// Makes two blocks that nobody unlinks.
void create(const Words& /*words*/) {
  for (int i = 0; i < 2; ++i) {
    tell(new_block().name());
  }
  await_end_of_input();
}

void create_and_unlink(const Words& /*words*/) {
  const auto block = new_block();
  tell(block.name());
  block.unlink();
}

void create_untracked(const Words& /*words*/) {
  tell(SharedMemory({.create = true, .size = 64, .track = false}).name());
}

// Writes into a block of another process.
void attach(const Words& words) {
  const SharedMemory block(words.at(1));
  block.buf()[0] = std::byte{'A'};
  tell(std::to_string(block.size()));
}

void attach_tracked(const Words& words) {
  const SharedMemory block({.name = words.at(1), .track = true});
}

void create_in_child(mp::Connection& connection) {
  connection.send(new_block().name());
}

std::string name_from_child(const std::string& method) {
  auto [ours, theirs] = mp::Pipe();
  auto process = mp::get_context(method).Process(create_in_child, std::move(theirs));
  process.start();
  auto name = ours.recv<std::string>();
  process.join();
  return name;
}

// Makes a block in a child, and prints the name after the child has ended.
void let_child_create(const Words& words) {
  tell(name_from_child(words.at(1)));
  await_end_of_input();
}

void live_on(mp::Connection& connection) {
  connection.send(new_block().name());
  static_cast<void>(connection.poll(progeny::testing::very_long));
}

// Prints its block and its child. The child lives on when this process is killed.
void outlived(const Words& words) {
  auto [ours, theirs] = mp::Pipe();
  auto process = mp::get_context(words.at(1)).Process(live_on, std::move(theirs));
  process.start();
  tell(new_block().name());
  tell(ours.recv<std::string>());
  tell(std::to_string(process.pid().value_or(0)));
  await_end_of_input();
}

// Makes a block in a child that was started before there was a tracker.
void create_late(mp::Connection& connection) {
  static_cast<void>(connection.recv_bytes());
  connection.send(new_block().name());
}

void start_early(const Words& words) {
  auto [ours, theirs] = mp::Pipe();
  auto process = mp::get_context(words.at(1)).Process(create_late, std::move(theirs));
  process.start();
  tell(new_block().name());
  ours.send_bytes("now");
  tell(ours.recv<std::string>());
  process.join();
  await_end_of_input();
}

// Makes one block before and one after each line of the input.
void create_on_demand(const Words& /*words*/) {
  tell(new_block().name());
  std::string ignored;
  while (std::getline(std::cin, ignored)) {
    tell(new_block().name());
  }
}

// Makes and unlinks blocks with these names until it is killed.
void churn(const Words& words) {
  for (int i = 0;; ++i) {
    const SharedMemory block(
        {.name = words.at(1) + std::to_string(i % 10), .create = true, .size = 64});
    if (i % 10 == 0) {
      tell(block.name());
    }
    block.unlink();
  }
}

std::string blocked_signals() {
  sigset_t mask;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  std::string all;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGCHLD}) {
    all += sigismember(&mask, signal) == 1 ? '1' : '0';
  }
  return all;
}

void tell_signal_masks(const Words& /*words*/) {
  sigset_t mask;
  sigemptyset(&mask);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) {
    sigaddset(&mask, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &mask, nullptr);
  const auto block = new_block();
  tell(blocked_signals());
  block.unlink();
}

void only_fork(const Words& /*words*/) {
  auto [ours, theirs] = mp::Pipe();
  auto process = mp::get_context("fork").Process(
      [](mp::Connection& connection) { connection.send(1); }, std::move(theirs));
  process.start();
  static_cast<void>(ours.recv<int>());
  process.join();
  tell("done");
  await_end_of_input();
}

// Runs this program again with the remaining arguments, and prints the exit status of its tracker.
// The tracker is orphaned there and becomes a child of this process.
void tell_end_of_tracker(const Words& words) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  Words command{"/proc/self/exe"};
  command.insert(command.end(), words.begin() + 1, words.end());
  {
    sp::Popen family(command, {.std_in = sp::PIPE, .std_out = sp::PIPE});
    static_cast<void>(family.communicate());
  }
  int status = 0;
  tell(::waitpid(-1, &status, 0) > 0 && WIFEXITED(status) ? std::to_string(WEXITSTATUS(status))
                                                          : "no tracker");
}

// Bytes that are no record.
void garble(const Words& words) {
  create_and_unlink(words);
  progeny::platform::write_record(mp::detail::own_tracker_line()[1],
                                  std::string(sizeof(mp::detail::TrackerRecord), 'x'),
                                  progeny::detail::Deadline());
}

// A directory: it has a name there, but cannot be unlinked.
void track_folder(const Words& words) {
  const std::string path = "/dev/shm/" + words.at(1);
  ::mkdir(path.c_str(), S_IRWXU);
  const progeny::Handle folder(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  mp::detail::track({.name = words.at(1), .memory = progeny::platform::identity_of(folder.get())});
}

// A daemon closes all descriptors that it does not know, and opens others.
void create_as_daemon(const Words& /*words*/) {
  tell(new_block().name());
  for (int number = 3; number < 64; ++number) {
    ::close(number);
  }
  const auto [ours, theirs] = mp::Pipe(false);
  tell(new_block().name());
  tell(ours.poll() ? "disturbed" : "undisturbed");
}

void managed(const Words& /*words*/) {
  mp::managers::SharedMemoryManager manager;
  manager.start();
  tell(manager.SharedMemory(100).name());
  tell(manager.ShareableList({1, "two"}).shm().name());
  await_end_of_input();
}

struct Command {
  std::string_view name;
  void (*run)(const Words& words);
};

constexpr Command commands[] = {
    {.name = "attach", .run = attach},
    {.name = "attach_tracked", .run = attach_tracked},
    {.name = "churn", .run = churn},
    {.name = "create", .run = create},
    {.name = "create_and_unlink", .run = create_and_unlink},
    {.name = "create_as_daemon", .run = create_as_daemon},
    {.name = "create_on_demand", .run = create_on_demand},
    {.name = "create_untracked", .run = create_untracked},
    {.name = "garble", .run = garble},
    {.name = "let_child_create", .run = let_child_create},
    {.name = "managed", .run = managed},
    {.name = "only_fork", .run = only_fork},
    {.name = "outlived", .run = outlived},
    {.name = "start_early", .run = start_early},
    {.name = "tell_end_of_tracker", .run = tell_end_of_tracker},
    {.name = "tell_signal_masks", .run = tell_signal_masks},
    {.name = "track_folder", .run = track_folder},
};

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  const Words words(argv + 1, argv + argc);
  const auto* const command = std::ranges::find(commands, words.at(0), &Command::name);
  command->run(words);
  return 0;
}
