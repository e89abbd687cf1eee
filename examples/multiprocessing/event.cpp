// Lets several processes begin at the same moment: all wait for one Event.

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <set>
#include <vector>

namespace mp = progeny::multiprocessing;

namespace {

void race(const mp::Event& start, mp::Queue<int> arrivals, int number) {
  start.wait();
  arrivals.put(number);
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  mp::Event start;
  mp::Queue<int> arrivals;
  std::vector<mp::Process> runners;
  for (const int number : {1, 2, 3}) {
    runners.emplace_back(race, start, arrivals, number);
    runners.back().start();
  }

  std::cout << "before the start: " << arrivals.qsize() << " have arrived\n";
  start.set();
  const std::set<int> arrived = {arrivals.get(), arrivals.get(), arrivals.get()};
  std::cout << "after it: " << arrived.size() << " have arrived\n";
  for (mp::Process& runner : runners) {
    runner.join();
  }
}
