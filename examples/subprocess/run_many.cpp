// Twenty commands, four at a time. Failures are results, and one line tells what each took.

#include <progeny/subprocess/many.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace sp = progeny::subprocess;

int main() {
  std::vector<sp::Job> jobs;
  for (int i = 1; i <= 20; ++i) {
    jobs.push_back({{"sh", "-c", "exit $((" + std::to_string(i) + " % 7 == 0))"}});
  }
  int failed = 0;
  for (const sp::JobResult& result : sp::run_many(jobs, {.at_once = 4})) {
    if (!result.is_good()) {
      std::cout << "job " << result.index + 1 << " returned " << result.done->returncode << '\n';
      ++failed;
    }
  }
  std::cout << failed << " of " << jobs.size() << " failed\n";
}
