// MP-262: a program that forgets to close a pool which is global. It must end with 0, silently.

#include <progeny/multiprocessing.hpp>

#include <optional>

namespace mp = progeny::multiprocessing;

namespace {

std::optional<mp::Pool> pool;

int twice(int x) {
  return 2 * x;
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  pool.emplace(2);
  return pool->apply(twice, 4) == 8 ? 0 : 1;
}
