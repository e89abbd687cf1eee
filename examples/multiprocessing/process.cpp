// Runs functions in processes of their own, and learns how each ended.

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace mp = progeny::multiprocessing;

namespace {

void work(int number, const std::string& what) {
  if (number == 2) {
    throw mp::SystemExit(number);  // As Python's sys.exit(2).
  }
  if (number == 3) {
    throw std::runtime_error("no " + what + " left");  // Printed with the stack, on stderr.
  }
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);  // Children of spawn and forkserver enter here.
  mp::set_start_method("forkserver");

  std::vector<mp::Process> workers;
  for (const int number : {1, 2, 3}) {
    workers.emplace_back(work, number, "paper");
    workers.back().start();
  }
  for (mp::Process& worker : workers) {
    worker.join();
    std::cout << worker.name() << " ended with " << worker.exitcode().value_or(-1) << '\n';
  }
}
