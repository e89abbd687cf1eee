// Counts words in two processes, in one map in shared memory. Python needs a manager for this, a
// server process that holds the dict.

#include <progeny/multiprocessing/sharedctypes/shared_containers.hpp>

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <map>
#include <sstream>
#include <string>

namespace mp = progeny::multiprocessing;

namespace {

using Counts = mp::Shared<mp::SharedMap<mp::SharedString, int>>;

void count(Counts counts, const std::string& text) {
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const auto map = counts.acquire();  // This process has the map until the end of the block.
    (*map)[map.string(word)] += 1;
  }
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): an error ends the program, as in Python.
int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  Counts counts(1 << 16);
  mp::Process first(count, counts, "a rose is a rose");
  mp::Process second(count, counts, "is a rose");
  first.start();
  second.start();
  first.join();
  second.join();

  std::map<std::string, int> sorted;
  const auto map = counts.acquire();
  for (const auto& [word, number] : *map) {
    sorted.emplace(word, number);
  }
  for (const auto& [word, number] : sorted) {
    std::cout << word << ": " << number << '\n';
  }
}
