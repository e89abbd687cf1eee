// A program that links progeny::main instead of calling freeze_support. It has global objects,
// which a spawned child constructs again. It must print nothing (MP-070). Its argument is the start
// method.

#include <progeny/multiprocessing.hpp>

#include <cstdio>
#include <string>

namespace mp = progeny::multiprocessing;

namespace {

struct BuiltBeforeMain {
  std::string text = "built";
};
const BuiltBeforeMain global;

struct SharedBeforeMain {
  mp::Lock lock;
  mp::Semaphore semaphore{1};
  mp::Event event;
  mp::Queue<int> queue;
  mp::Value<int> value{0};
};
SharedBeforeMain shared;

void answer(mp::Connection& answers) {
  const std::scoped_lock held(shared.lock);
  shared.queue.put(1);
  shared.event.set();
  answers.send(global.text);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::puts("main was entered by a child, or without a start method");
    return 2;
  }
  auto [ours, childs] = mp::Pipe();
  auto child = mp::get_context(argv[1]).Process(answer, std::move(childs));
  child.start();
  const bool right = ours.recv<std::string>() == "built";
  child.join();
  return right && child.exitcode() == 0 ? 0 : 1;
}
