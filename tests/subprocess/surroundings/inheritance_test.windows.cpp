#include "support/children/child_args.hpp"
#include "support/system/own_pipe.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <windows.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

using progeny::native_handle;

std::string number(native_handle handle) {
  return std::to_string(reinterpret_cast<std::uintptr_t>(handle));
}

// An event that children may inherit. Its number is higher than any that a child has of its own.
progeny::Handle inheritable_event() {
  constexpr std::uintptr_t high = 0x1000;
  SECURITY_ATTRIBUTES attributes{
      .nLength = sizeof attributes, .lpSecurityDescriptor = nullptr, .bInheritHandle = TRUE};
  std::vector<progeny::Handle> low;
  for (;;) {
    progeny::Handle event(::CreateEventW(&attributes, TRUE, FALSE, nullptr));
    if (!event || reinterpret_cast<std::uintptr_t>(event.get()) >= high) {
      return event;
    }
    low.push_back(std::move(event));
  }
}

std::string state_in_child(native_handle handle, sp::Options options) {
  options.std_out = sp::PIPE;
  return sp::run(child("print_handle_state", number(handle)), options).std_out.value_or("");
}

// SP-074
TEST(Inheritance, IsOfTheStreamsAloneByDefault) {
  const progeny::Handle event = inheritable_event();
  EXPECT_EQ(state_in_child(event.get(), {}), "closed");
}

// SP-074
TEST(Inheritance, IsOfAllThatIsInheritableWithoutCloseFds) {
  const progeny::Handle event = inheritable_event();
  EXPECT_EQ(state_in_child(event.get(), {.close_fds = false}), "open");
}

sp::StartupInfo startup_with(std::vector<native_handle> handles) {
  sp::StartupInfo startup;
  startup.lpAttributeList.handle_list = std::move(handles);
  return startup;
}

// SP-075
TEST(Inheritance, IsOfTheListWhateverCloseFdsSays) {
  const progeny::Handle listed = inheritable_event();
  const progeny::Handle other = inheritable_event();
  for (const bool close_fds : {true, false}) {
    const sp::Options options{.close_fds = close_fds, .startupinfo = startup_with({listed.get()})};
    EXPECT_EQ(state_in_child(listed.get(), options), "open");
    EXPECT_EQ(state_in_child(other.get(), options), "closed");
  }
}

// SP-075
TEST(Inheritance, TakesAListThatNamesAHandleTwice) {
  const progeny::Handle listed = inheritable_event();
  const sp::Options options{.startupinfo = startup_with({listed.get(), listed.get()})};
  EXPECT_EQ(state_in_child(listed.get(), options), "open");
}

// SP-075
TEST(Inheritance, IsNotChangedByAnEmptyList) {
  const progeny::Handle event = inheritable_event();
  EXPECT_EQ(state_in_child(event.get(), {.close_fds = false, .startupinfo = startup_with({})}),
            "open");
  EXPECT_EQ(state_in_child(event.get(), {.startupinfo = startup_with({})}), "closed");
}

// SP-052
TEST(Inheritance, LeavesNothingOpenInTheParent) {
  sp::run(child("exit_with", "0"), {.capture_output = true});
  DWORD before = 0;
  DWORD after = 0;
  ::GetProcessHandleCount(::GetCurrentProcess(), &before);
  for (int i = 0; i < 20; ++i) {
    sp::run(child("exit_with", "0"), {.input = "text", .capture_output = true});
  }
  ::GetProcessHandleCount(::GetCurrentProcess(), &after);
  EXPECT_LE(after, before);
}

class StandardStream {
 public:
  StandardStream(DWORD name, HANDLE handle) : name_(name), before_(::GetStdHandle(name)) {
    ::SetStdHandle(name, handle);
  }
  StandardStream(const StandardStream&) = delete;
  StandardStream& operator=(const StandardStream&) = delete;
  ~StandardStream() { ::SetStdHandle(name_, before_); }

 private:
  DWORD name_;
  HANDLE before_;
};

// SP-052
TEST(Inheritance, GivesTheChildOfAHostWithoutStreamsDeadPipes) {
  const StandardStream no_input(STD_INPUT_HANDLE, nullptr);
  const StandardStream no_errors(STD_ERROR_HANDLE, nullptr);
  EXPECT_EQ(sp::check_output(child("count_stdin")), "0\n");
}

// SP-074: a launch that gives a child a pipe must not leak it into one that another thread starts,
// or the first child's reader would wait for the second child's end.
TEST(Inheritance, DoesNotLeakBetweenThreads) {
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      for (int round = 0; round < 10; ++round) {
        sp::Popen lasting(child("exit_on_eof", "0"), {.std_in = sp::PIPE, .close_fds = i % 2 == 0});
        EXPECT_EQ(sp::check_output(child("upper_stdin"), {.input = "x"}), "X");
        lasting.std_in().close();
        EXPECT_EQ(lasting.wait(), 0);
      }
    });
  }
}

}  // namespace
