// Waits for several things at once in one thread: output of a program, a value in a queue, and the
// end of a process. `wait` says which of them are ready.

#include <progeny/multiprocessing.hpp>
#include <progeny/subprocess.hpp>

#include <cstddef>
#include <iostream>

namespace mp = progeny::multiprocessing;
namespace sp = progeny::subprocess;

namespace {

void work(const mp::Event& asked, mp::Queue<int> answers, const mp::Event& received) {
  asked.wait();
  answers.put(42);
  received.wait();
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  mp::Event asked;
  mp::Event received;
  mp::Queue<int> answers;
  mp::Process worker(work, asked, answers, received);
  worker.start();
  sp::Popen program({"cat"}, {.bufsize = 1, .std_in = sp::PIPE, .std_out = sp::PIPE, .text = true});
  program.std_in().write("hello\n");

  bool working = true;
  while (working) {
    for (const std::size_t i : mp::connection::wait({program.std_out(), answers, worker})) {
      if (i == 0) {
        std::cout << "the program printed " << program.std_out().readline();
        asked.set();
      } else if (i == 1) {
        std::cout << "the queue delivered " << answers.get() << '\n';
        received.set();
      } else {
        std::cout << "the worker ended with " << worker.exitcode().value_or(-1) << '\n';
        working = false;
      }
    }
  }
  program.std_in().close();
  program.wait();
}
