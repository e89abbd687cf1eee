// K: a redirection that says only that there is to be one.

#include <progeny/subprocess.hpp>

namespace sp = progeny::subprocess;

void run() {
  sp::run({"ls"}, {.std_out = true});
}
