// Memory that other processes find by its name, and a list in such memory. The child may as well be
// Python: the memory and the list have the form that Python uses.

#include <progeny/multiprocessing.hpp>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <numeric>
#include <string>

namespace mp = progeny::multiprocessing;
using mp::shared_memory::ShareableList;
using mp::shared_memory::SharedMemory;

namespace {

void square_all(const std::string& name, ShareableList& results) {
  const SharedMemory memory(name);
  const auto numbers = memory.buf<std::int64_t>();
  std::ranges::transform(numbers, numbers.begin(), [](auto number) { return number * number; });
  results[0] = std::accumulate(numbers.begin(), numbers.end(), std::int64_t{0});
  results[1] = "done";
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  mp::managers::SharedMemoryManager manager;  // Removes what it has made at the end of the scope.
  manager.start();
  const auto memory = manager.SharedMemory(1000 * sizeof(std::int64_t));
  const auto numbers = memory.buf<std::int64_t>();
  std::iota(numbers.begin(), numbers.end(), 0);
  auto results = manager.ShareableList({nullptr, "waiting"});

  mp::Process child(square_all, memory.name(), ShareableList(results.shm().name()));
  child.start();
  child.join();
  std::cout << numbers[999] << '\n' << results.at(0) << '\n' << results.at(1) << '\n';
}
