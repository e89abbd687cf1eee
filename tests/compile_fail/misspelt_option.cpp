// K: the trick that README names. Without the type the compiler says only that nothing fits.

#include <progeny/subprocess.hpp>

namespace sp = progeny::subprocess;

void run() {
  sp::run({"ls"}, sp::Options{.capture_ouput = true});
}
