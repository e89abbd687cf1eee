// Starts processes in each of the three ways. A context holds the choice, so that one part of a
// program does not choose for the others.

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <string>

namespace mp = progeny::multiprocessing;

namespace {

void answer(mp::Queue<std::string> answers, const std::string& method) {
  answers.put("hello from a child made by " + method);
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);  // Children of spawn and forkserver begin here.
  mp::Queue<std::string> answers;
  for (const char* method : {"fork", "spawn", "forkserver"}) {
    const mp::Context context = mp::get_context(method);
    mp::Process child = context.Process(answer, answers, method);
    child.start();
    std::cout << answers.get() << '\n' << std::flush;
    child.join();
  }
}
