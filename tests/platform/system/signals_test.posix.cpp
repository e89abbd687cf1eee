#include "platform/system/signals.hpp"
#include "support/children/process_copy.posix.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

namespace progeny::platform {

namespace {

using testing::verdict_of_copy;

TEST(SignalName, IsThatOfTheHeader) {
  EXPECT_EQ(signal_name(SIGKILL), "SIGKILL");
  EXPECT_EQ(signal_name(SIGTERM), "SIGTERM");
  EXPECT_EQ(signal_name(SIGHUP), "SIGHUP");
  EXPECT_EQ(signal_name(SIGUSR2), "SIGUSR2");
  EXPECT_EQ(signal_name(SIGCHLD), "SIGCHLD");
}

TEST(SignalName, OfRealTimeSignalsIsThatOfTheFirstAndTheLast) {
  EXPECT_EQ(signal_name(SIGRTMIN), "SIGRTMIN");
  EXPECT_EQ(signal_name(SIGRTMAX), "SIGRTMAX");
  EXPECT_EQ(signal_name(SIGRTMIN + 1), "");
}

TEST(SignalName, IsEmptyForWhatIsNoSignal) {
  for (const int number : {0, -1, SIGRTMAX + 1, 1000}) {
    EXPECT_EQ(signal_name(number), "") << number;
  }
}

TEST(Signals, AreSendableWhateverTheNumber) {
  EXPECT_TRUE(is_sendable(SIGUSR1));
  EXPECT_TRUE(is_sendable(1000));
}

TEST(Signals, ThatTheLibrarySendsAreThePythonOnes) {
  EXPECT_EQ(signal_terminate(), SIGTERM);
  EXPECT_EQ(signal_kill(), SIGKILL);
  EXPECT_EQ(signal_interrupt(), SIGINT);
}

TEST(Interrupt, ThatIsIgnoredDoesNotEndTheProcess) {
  EXPECT_EQ(verdict_of_copy([] {
              ignore_interrupt();
              return ::raise(SIGINT);
            }),
            0);
}

volatile std::sig_atomic_t interrupts = 0;

TEST(Interrupt, GoesToTheHandlerOfBeforeOnceItIsAccepted) {
  EXPECT_EQ(verdict_of_copy([] {
              std::signal(SIGINT, [](int) { interrupts = interrupts + 1; });
              ignore_interrupt();
              static_cast<void>(::raise(SIGINT));
              const bool ignored = interrupts == 0;
              accept_interrupt();
              static_cast<void>(::raise(SIGINT));
              return ignored && interrupts == 1 ? 0 : 1;
            }),
            0);
}

TEST(Interrupt, StaysIgnoredWhereTheProcessBeganSo) {
  EXPECT_EQ(verdict_of_copy([] {
              std::signal(SIGINT, SIG_IGN);
              ignore_interrupt();
              accept_interrupt();
              return ::raise(SIGINT);
            }),
            0);
}

}  // namespace

}  // namespace progeny::platform
