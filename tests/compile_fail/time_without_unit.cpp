// K: Python's `timeout=5`, in every place that takes a time.

#include <progeny/multiprocessing.hpp>
#include <progeny/subprocess.hpp>

namespace mp = progeny::multiprocessing;
namespace sp = progeny::subprocess;

void run(sp::Popen& child, mp::Event& event) {
  sp::run({"ls"}, {.timeout = 5});
  child.wait(5);
  event.wait(5);
}
