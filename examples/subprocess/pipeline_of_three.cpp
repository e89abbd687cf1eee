// Three programs in a line, without a shell: which ending is the most frequent?

#include <progeny/subprocess/pipeline.hpp>

#include <iostream>

namespace sp = progeny::subprocess;

int main() {
  const auto done =
      sp::run_pipeline(sp::Cmd{"cut", "-d.", "-f2"} | sp::Cmd{"sort"} | sp::Cmd{"uniq", "-c"},
                       {.input = "a.txt\nb.png\nc.txt\n", .std_out = sp::PIPE});
  std::cout << done.std_out().value_or("");
  for (const sp::CompletedProcess& stage : done.stages) {
    std::cout << stage.args << " ended with " << stage.returncode << '\n';
  }
}
