// G1. A program whose objects of the library have static storage, with children that still run when
// they are destroyed. Some of them are made before anything of the library and destroyed after it.

#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing.hpp>
#include <progeny/subprocess.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace mp = progeny::multiprocessing;
namespace sp = progeny::subprocess;

// Its standard input is a pipe, so it ends when the object is gone.
sp::Options until_input_ends(sp::AtScopeExit at_scope_exit) {
  return {.std_in = sp::PIPE, .std_out = sp::DEVNULL, .at_scope_exit = at_scope_exit};
}

struct Objects {
  sp::Popen released{child("echo_stdin"), until_input_ends(sp::AtScopeExit::release)};
  sp::Popen waited{child("echo_stdin"), until_input_ends(sp::AtScopeExit::wait)};
  sp::Popen terminated{child("echo_stdin"), until_input_ends(sp::AtScopeExit::terminate)};
  sp::Popen killed{child("echo_stdin"), until_input_ends(sp::AtScopeExit::kill)};
  mp::Queue<std::string> queue;
  mp::Lock lock;
  mp::Condition condition;
  mp::Value<int> value{1};
  std::pair<mp::Connection, mp::Connection> pipe = mp::Pipe();
  std::pair<mp::Connection, mp::Connection> shared_pipe = mp::Pipe({.shared = true});
  mp::connection::Listener listener;

  void use() {
    queue.put("pear");
    static_cast<void>(queue.get());
    lock.acquire();
    lock.release();
    *value += 1;
    pipe.first.send(1);
    static_cast<void>(pipe.second.recv<int>());
    static_cast<void>(sp::run(child("exit_with", "0"), {.capture_output = true}));
    const sp::Popen dropped(child("echo_stdin"), until_input_ends(sp::AtScopeExit::release));
  }
};

// Uses the library in its destructor, too.
class UsesItAtTheEnd {
 public:
  UsesItAtTheEnd() { objects_.emplace(); }
  UsesItAtTheEnd(const UsesItAtTheEnd&) = delete;
  UsesItAtTheEnd& operator=(const UsesItAtTheEnd&) = delete;
  ~UsesItAtTheEnd() {
    try {
      objects_->use();
      Objects().use();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "at the end: %s\n", error.what());
      ::_exit(1);
    }
  }

 private:
  std::optional<Objects> objects_;
};

// Destroyed after all that the library has in static storage.
[[gnu::init_priority(101)]] UsesItAtTheEnd first;
Objects objects;

void sleep_until_killed() {
  for (;;) {
    ::pause();
  }
}

// Daemons of each start method, which the end of the program ends.
std::optional<mp::Process> daemons[3];

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  static Objects local;
  local.use();
  objects.use();
  int number = 0;
  for (const char* const method : {"fork", "spawn", "forkserver"}) {
    daemons[number] = mp::get_context(method).Process({.daemon = true}, sleep_until_killed);
    daemons[number]->start();
    ++number;
  }
  return 0;
}
