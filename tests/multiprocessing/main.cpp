// The `main` of the tests of processes: children enter here, and no test may leave anything behind.

#include "multiprocessing/memory/heap.hpp"
#include "support/leak_check.hpp"
#include "support/process_facts.hpp"

#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/forkserver.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/multiprocessing/spawn.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>

#include <gtest/gtest.h>

#include <cstddef>

namespace progeny::testing {

namespace {

// But for those of shared memory that is kept to be used again.
std::size_t descriptors_in_use() {
  return open_descriptors() - multiprocessing::detail::heap().facts().arenas;
}

// What stays for as long as the process: the server, the lifeline that children watch, and the
// roster of those that use locks.
void start_what_stays() {
  multiprocessing::ensure_forkserver_running();
  static_cast<void>(multiprocessing::Lock().try_lock());
  multiprocessing::Process first;
  first.start();
  first.join();
  multiprocessing::set_start_method({}, true);
}

}  // namespace

}  // namespace progeny::testing

int main(int argc, char** argv) {
  progeny::multiprocessing::freeze_support(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  progeny::testing::start_what_stays();
  // Owned by googletest from here on.
  ::testing::UnitTest::GetInstance()->listeners().Append(
      // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): see above.
      new progeny::testing::LeakCheck(progeny::testing::descriptors_in_use));
  return RUN_ALL_TESTS();
}
