// Runs another program, and a function in another process.

#include <progeny/multiprocessing.hpp>
#include <progeny/subprocess.hpp>

#include <iostream>

namespace mp = progeny::multiprocessing;
namespace sp = progeny::subprocess;

int main() {
  std::cout << sp::check_output({"echo", "hello from another program"});
  mp::Queue<int> squares;
  mp::Process child([](auto queue, int x) { queue.put(x * x); }, squares, 7);
  child.start();
  std::cout << squares.get() << " from a function in another process\n";
}
