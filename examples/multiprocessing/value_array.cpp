// Processes count in shared memory: in a value with a lock, and in an array of which each process
// writes a part.

#include <progeny/multiprocessing.hpp>

#include <cstddef>
#include <iostream>
#include <mutex>
#include <vector>

namespace mp = progeny::multiprocessing;

namespace {

struct Statistics {
  int numbers;
  double sum;
};

void square(std::ptrdiff_t first,
            const mp::RawArray<double>& results,
            const mp::Value<Statistics>& total) {
  for (std::ptrdiff_t i = first; i < first + 5; ++i) {
    results[i] = static_cast<double>(i * i);  // Only this process writes here: no lock is needed.
    const std::scoped_lock guard(total);
    total.get_obj()->numbers += 1;
    total.get_obj()->sum += results[i];
  }
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);

  const mp::RawArray<double> results(10);
  const mp::Value<Statistics> total;
  std::vector<mp::Process> workers;
  for (const int first : {0, 5}) {
    workers.emplace_back(square, first, results, total);
    workers.back().start();
  }
  for (auto& worker : workers) {
    worker.join();
  }
  std::cout << total.value().numbers << " squares, up to " << results[-1] << ", with the sum "
            << total.value().sum << '\n';
}
