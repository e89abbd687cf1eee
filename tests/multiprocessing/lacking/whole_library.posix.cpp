// A program that uses every kind of object of the library, in surroundings that lack something:
//
//     whole_library WHAT CLOSED [NUMBER ERROR ARGUMENT VALUE] ...
//
// WHAT is a part of the names of the uses to try: "" for all, "!x" for those without x. CLOSED is a
// sum: 1, 2, 4 close stdin, stdout, stderr. System calls of these NUMBERs then fail with ERROR:
// those whose ARGUMENT, from 0 on, has that VALUE, or all if it is `-`. The program ends with 0 if
// everything works, and if the closed streams stay closed here and in the children. Otherwise it
// names the use and the failure on what was its stderr.

#include "multiprocessing/lacking/uses.hpp"
#include "support/children/child_args.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing.hpp>
#include <progeny/serial/exceptions.hpp>
#include <progeny/subprocess.hpp>

#include <csignal>
#include <cstdio>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace mp = progeny::multiprocessing;
namespace sp = progeny::subprocess;

void work(unsigned closed,
          mp::Connection connection,
          mp::Lock lock,
          mp::Queue<std::string> queue,
          mp::Value<int> value) {
  require_closed(closed, 1);
  const std::scoped_lock guard(lock);
  *value += 1;
  queue.put(queue.get() + "!");
  connection.send(connection.recv<std::string>() + "?");
  require(sp::call(child("exit_with", "5")) == 5, "a child of the child");
  require_closed(closed, 1);
}

void sleep_until_killed() {
  for (;;) {
    ::pause();
  }
}

void fail_with_stack() {
  throw std::runtime_error("on purpose");
}

void send_failure(unsigned closed, mp::Connection connection) {
  const auto failure = progeny::serial::run_and_capture([] { fail_with_stack(); });
  connection.send(progeny::serial::encode_exception(*failure));
  require_closed(closed, 1);
}

void use_processes(const char* method) {
  const auto context = mp::get_context(method);
  auto [ours, theirs] = mp::Pipe();
  mp::Lock lock;
  mp::Queue<std::string> queue;
  mp::Value<int> value(1);
  queue.put("pear");
  auto process = context.Process(work, closed_streams, std::move(theirs), lock, queue, value);
  process.start();
  look();
  ours.send(std::string(200'000, 'x'));
  require(ours.recv<std::string>().size() == 200'001, "answer of the child");
  require(process.join(very_long), "join");
  require(process.exitcode() == 0, "exit code");
  require(queue.get({.timeout = very_long}) == "pear!" && value.value() == 2, "what the child did");
  auto [failures, failing] = mp::Pipe(false);
  auto throwing = context.Process(send_failure, closed_streams, std::move(failing));
  throwing.start();
  try {
    progeny::serial::rethrow(failures.recv<std::string>());
  } catch (const std::runtime_error& error) {
    require(progeny::serial::remote_traceback(error).has_value(), "stack of the child");
  }
  require(throwing.join(very_long) && throwing.exitcode() == 0, "the child that threw");
}

void kill_processes(const char* method) {
  const auto context = mp::get_context(method);
  auto killed = context.Process(sleep_until_killed);
  killed.start();
  require(killed.is_alive(), "is_alive");
  killed.terminate();
  require(killed.join(very_long) && killed.exitcode() == -SIGTERM, "terminate");
  auto again = context.Process(sleep_until_killed);
  again.start();
  again.kill();
  require(again.join(very_long) && again.exitcode() == -SIGKILL, "kill");
}

struct Use {
  const char* name;
  void (*use)();
};

constexpr Use uses[] = {
    {"run", use_run},
    {"popen", use_popen},
    {"redirections", use_redirections},
    {"released", use_released_popen},
    {"os", use_os},
    {"locks", use_locks},
    {"queues", use_queues},
    {"pipes", use_pipes},
    {"memory", use_shared_memory},
    {"listeners", use_listeners},
    {"random", use_random},
    {"fork", [] { use_processes("fork"); }},
    {"spawn", [] { use_processes("spawn"); }},
    {"forkserver", [] { use_processes("forkserver"); }},
    {"kill fork", [] { kill_processes("fork"); }},
    {"kill spawn", [] { kill_processes("spawn"); }},
    {"kill forkserver", [] { kill_processes("forkserver"); }},
};

bool is_meant(std::string_view name, std::string_view what) {
  return what.starts_with('!') ? name.find(what.substr(1)) == std::string_view::npos
                               : name.find(what) != std::string_view::npos;
}

// The errors of one use are those of all: the rest is not tried.
int use_all(std::string_view what, int messages) {
  for (const auto& [name, use] : uses) {
    if (!is_meant(name, what)) {
      continue;
    }
    try {
      use();
      look();
    } catch (const std::exception& error) {
      ::dprintf(messages, "%s: %s\n", name, error.what());
      return 1;
    }
  }
  return 0;
}

// Refuses what the arguments say, and closes the streams. Returns where to write messages.
int enter_surroundings(const std::vector<std::string>& words) {
  const int messages = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 100);
  closed_streams = static_cast<unsigned>(std::stoul(words.at(2)));
  for (int number = 0; number < 3; ++number) {
    if (((closed_streams >> static_cast<unsigned>(number)) & 1U) != 0) {
      ::close(number);
    }
  }
  for (std::size_t i = 3; i < words.size(); i += 4) {
    const long call = std::stol(words.at(i));
    const int error = std::stoi(words.at(i + 1));
    if (words.at(i + 2) == "-") {
      refuse_calls({call}, error);
    } else {
      refuse_calls_with({.number = call,
                         .argument = static_cast<unsigned>(std::stoul(words.at(i + 2))),
                         .value = static_cast<unsigned>(std::stoul(words.at(i + 3)))},
                        error);
    }
  }
  return messages;
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  const std::vector<std::string> words(argv, argv + argc);
  const int messages = enter_surroundings(words);
  return use_all(words.at(1), messages);
}
