// The `main` of the tests that start processes. Children enter here. A test fails if it leaves
// descriptors or children behind.

#include "multiprocessing/memory/heap.hpp"
#include "support/program/leak_check.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/forkserver.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/multiprocessing/spawn.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>

#include <gtest/gtest.h>

#include <cstddef>

namespace progeny::testing {

namespace {

// Without those of shared memory that the heap keeps to use again.
std::size_t descriptors_in_use() {
  return open_descriptors() - multiprocessing::detail::heap().facts().arenas;
}

// Makes what lives as long as the process: the forkserver, the pipe by which children see its end,
// and the roster of the processes that use locks.
void start_what_stays() {
  multiprocessing::forkserver::ensure_running();
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
