// Hands out tasks to workers and waits until every task is done, by a JoinableQueue.

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <vector>

namespace mp = progeny::multiprocessing;

namespace {

void work(mp::JoinableQueue<int> tasks, const mp::Value<int>& total) {
  while (true) {
    const int task = tasks.get();
    *total += task;
    tasks.task_done();
  }
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  mp::JoinableQueue<int> tasks;
  const mp::Value<int> total(0);
  std::vector<mp::Process> workers;
  for (int i = 0; i < 3; ++i) {
    workers.emplace_back(mp::ProcessOptions{.daemon = true}, work, tasks, total);
    workers.back().start();
  }

  for (int task = 1; task <= 10; ++task) {
    tasks.put(task);
  }
  tasks.join();
  std::cout << "all tasks are done, the total is " << total.value() << '\n';
  // The workers wait for more tasks. They are daemons, so the end of the program ends them.
}
