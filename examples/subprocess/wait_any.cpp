// One thread waits for several children, and deals with each as it ends.

#include <progeny/subprocess/many.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace sp = progeny::subprocess;

int main() {
  std::vector<sp::Popen> children;
  for (int i = 0; i < 3; ++i) {
    children.emplace_back(sp::Args{"sh", "-c", "read _; exit " + std::to_string(i)},
                          sp::Options{.std_in = sp::PIPE});
  }
  sp::AsCompleted ends = sp::as_completed(children);
  for (const std::size_t i : {2U, 0U, 1U}) {
    children[i].std_in().close();  // Lets this one end.
    const std::size_t ended = ends.next().value();
    std::cout << "child " << ended << " returned " << *children[ended].returncode() << '\n';
  }
}
