// K: a path that does not say what to do with the file.

#include <progeny/subprocess.hpp>

namespace sp = progeny::subprocess;

void run() {
  sp::run({"ls"}, {.std_out = "/tmp/x"});
}
