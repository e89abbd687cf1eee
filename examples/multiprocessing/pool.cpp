// Runs functions in a pool of processes. One of the calls kills its worker: that costs nothing
// else.

#include <progeny/multiprocessing.hpp>

#include <csignal>
#include <iostream>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace mp = progeny::multiprocessing;

namespace {

int cube(int x) {
  return x * x * x;
}

int crash(int x) {
  return x == 3 ? std::raise(SIGKILL) : cube(x);
}

int refuse(int x) {
  throw std::invalid_argument("not " + std::to_string(x));
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  mp::Pool pool(4);

  for (const int result : pool.map(cube, std::views::iota(0, 8))) {
    std::cout << result << ' ';
  }
  std::cout << '\n';

  mp::AsyncResult<int> refused = pool.apply_async(refuse, 7);
  try {
    refused.get();
  } catch (const std::invalid_argument& error) {
    std::cout << error.what() << '\n';
  }

  auto results = pool.imap(crash, std::views::iota(0, 6));
  for (int x = 0; x < 6; ++x) {
    try {
      std::cout << *results.next() << ' ';
    } catch (const mp::WorkerLost& lost) {
      std::cout << "(signal " << lost.signal() << ") ";
    }
  }
  std::cout << '\n';
}
