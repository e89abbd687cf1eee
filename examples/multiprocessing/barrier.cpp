// Works in two steps: no process begins the second before all have ended the first, by a Barrier.

#include <progeny/multiprocessing.hpp>

#include <cstddef>
#include <iostream>
#include <vector>

namespace mp = progeny::multiprocessing;

namespace {

constexpr std::ptrdiff_t parties = 4;
using Numbers = mp::RawArray<int>;

void work(int me, mp::Barrier barrier, const Numbers& squares, const Numbers& sums) {
  squares[me] = me * me;
  barrier.wait();  // Now the neighbour's square is there, too.
  sums[me] = squares[me] + squares[(me + 1) % parties];
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  const mp::Barrier barrier(parties);
  const Numbers squares(parties);
  const Numbers sums(parties);
  std::vector<mp::Process> workers;
  for (int me = 0; me < parties; ++me) {
    workers.emplace_back(work, me, barrier, squares, sums);
    workers.back().start();
  }
  for (mp::Process& worker : workers) {
    worker.join();
  }
  for (const int sum : sums) {
    std::cout << sum << '\n';
  }
}
