// What compiles: without it the others could fail for a reason of their own.

#include <progeny/multiprocessing/queues.hpp>
#include <progeny/serial.hpp>
#include <progeny/subprocess.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace mp = progeny::multiprocessing;
namespace sp = progeny::subprocess;

std::string send(const std::tuple<int, std::string>& value) {
  return progeny::serial::to_bytes(value);
}

// K: a time alone, and children that are made in their place.
int accepted(mp::Queue<int>& queue) {
  std::vector<sp::Popen> children;
  children.emplace_back(sp::Args{"ls", "-l"});
  std::optional<sp::Popen> child;
  child.emplace(sp::Args{"ls"}, sp::Options{.env = progeny::os::environment()});
  return queue.get(std::chrono::seconds(1));
}
