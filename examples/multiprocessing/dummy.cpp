// The same program with threads instead of processes: only the namespace differs. Here `mp` may as
// well be progeny::multiprocessing.

#include <progeny/multiprocessing/dummy.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace mp = progeny::multiprocessing::dummy;

namespace {

void greet(mp::Queue<std::string> out, const std::string& name) {
  out.put("hello " + name);
}

}  // namespace

int main() {
  mp::freeze_support();
  mp::Queue<std::string> queue;
  mp::Process process(greet, queue, "bob");
  process.start();
  std::cout << queue.get() << '\n';
  process.join();
  std::cout << "exit code " << *process.exitcode() << '\n';

  mp::Pool pool(4);
  for (const int square : pool.map([](int x) { return x * x; }, std::vector{1, 2, 3})) {
    std::cout << square << '\n';
  }
}
