// B7: a sandbox that denies set_robust_list(2) or get_robust_list(2). The kernel then marks no dead
// owner, and the waiters find out by themselves.

#include "support/children/forked_child.posix.hpp"
#include "support/faults/refusal.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/host_log.hpp>
#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/context.hpp>
#include <progeny/multiprocessing/synchronize.hpp>

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

using progeny::multiprocessing::Barrier;
using progeny::multiprocessing::BrokenBarrierError;
using progeny::multiprocessing::Lock;
using progeny::testing::ForkedChild;
using progeny::testing::refuse_calls;
using progeny::testing::very_long;
namespace mp = progeny::multiprocessing;

struct Denial {
  std::string name;
  std::vector<long> calls;
  int error;
};

class DeniedList : public ::testing::TestWithParam<Denial> {
 protected:
  // Calls `body` in a copy of this process inside the sandbox, and returns its verdict.
  static int verdict(const std::function<int()>& body) {
    ForkedChild copy([&] {
      // The warnings of all the processes below are expected.
      static const progeny::HostLog no_log{.write = [](int, std::string_view) { return true; }};
      progeny::set_host_log(&no_log);
      for (const long call : GetParam().calls) {
        refuse_calls({call}, GetParam().error);
      }
      return body();
    });
    return copy.wait();
  }
};

INSTANTIATE_TEST_SUITE_P(
    Call,
    DeniedList,
    ::testing::Values(Denial{"SetByEPERM", {SYS_set_robust_list}, EPERM},
                      Denial{"SetByENOSYS", {SYS_set_robust_list}, ENOSYS},
                      Denial{"SetByEACCES", {SYS_set_robust_list}, EACCES},
                      Denial{"SetByEINVAL", {SYS_set_robust_list}, EINVAL},
                      Denial{"GetByEPERM", {SYS_get_robust_list}, EPERM},
                      Denial{"Both", {SYS_set_robust_list, SYS_get_robust_list}, ENOSYS}),
    [](const auto& about) { return about.param.name; });

// Not reaped before the lock is asked for: a zombie is dead.
TEST_P(DeniedList, AKilledOwnerIsFoundOut) {
  EXPECT_EQ(verdict([] {
              Lock lock;
              ForkedChild owner([&] {
                lock.acquire();
                return ::raise(SIGKILL);
              });
              if (!progeny::testing::eventually([&] { return lock.locked(); })) {
                return 1;
              }
              bool owner_died = false;
              if (!lock.acquire({.timeout = very_long, .owner_died = &owner_died})) {
                return 2;
              }
              lock.release();
              return owner_died ? 0 : 3;
            }),
            0);
}

TEST_P(DeniedList, ALivingOwnerKeepsItsLock) {
  EXPECT_EQ(verdict([] {
              Lock lock;
              auto [ours, theirs] = mp::Pipe();
              ForkedChild owner([&, &connection = theirs] {
                lock.acquire();
                connection.send_bytes("held");
                static_cast<void>(connection.recv_bytes());
                lock.release();
                return 0;
              });
              static_cast<void>(ours.recv_bytes());
              if (lock.acquire(true, std::chrono::milliseconds(600))) {
                return 1;
              }
              ours.send_bytes("go on");
              if (!lock.acquire(true, very_long)) {
                return 2;
              }
              lock.release();
              return owner.wait();
            }),
            0);
}

// The places in the roster are used again, also those of processes without a mark.
TEST_P(DeniedList, PlacesOfTheDeadAreTakenAgain) {
  EXPECT_EQ(verdict([] {
              Lock lock;
              for (int i = 0; i < 100; ++i) {
                ForkedChild owner([&] {
                  bool owner_died = false;
                  lock.acquire({.owner_died = &owner_died});
                  return ::raise(SIGKILL);
                });
                if (owner.wait() != -SIGKILL) {
                  return 1;
                }
              }
              bool owner_died = false;
              lock.acquire({.owner_died = &owner_died});
              return owner_died ? 0 : 2;
            }),
            0);
}

TEST_P(DeniedList, ADeadPartyBreaksABarrier) {
  EXPECT_EQ(verdict([] {
              Barrier barrier(2);
              ForkedChild party([&] { return barrier.wait(); });
              if (!progeny::testing::eventually([&] { return barrier.n_waiting() == 1; })) {
                return 1;
              }
              party.kill();
              static_cast<void>(party.wait());
              try {
                barrier.wait(very_long);
              } catch (const BrokenBarrierError&) {
                return 0;
              }
              return 2;
            }),
            0);
}

int warnings = 0;

bool count_warning(int /*level*/, std::string_view text) {
  warnings += text.find("set_robust_list") != std::string_view::npos ? 1 : 0;
  return true;
}

TEST_P(DeniedList, IsSaidOnce) {
  EXPECT_EQ(verdict([] {
              ForkedChild newcomer([] {
                static const progeny::HostLog log{.write = count_warning};
                progeny::set_host_log(&log);
                for (int i = 0; i < 3; ++i) {
                  Lock lock;
                  lock.acquire();
                  lock.release();
                }
                return warnings;
              });
              return newcomer.wait();
            }),
            1);
}

// A new program, whose C library was refused its list at the start.
TEST_P(DeniedList, HoldsForSpawnedProcessesToo) {
  EXPECT_EQ(verdict([] {
              Lock lock;
              auto process = mp::get_context("spawn").Process(
                  [](Lock& held) {
                    held.acquire();
                    ::raise(SIGKILL);
                  },
                  lock);
              process.start();
              if (!process.join(very_long)) {
                return 1;
              }
              bool owner_died = false;
              if (!lock.acquire({.timeout = very_long, .owner_died = &owner_died})) {
                return 2;
              }
              return owner_died ? 0 : 3;
            }),
            0);
}

}  // namespace
