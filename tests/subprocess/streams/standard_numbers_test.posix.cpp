#include "support/children/child_args.hpp"
#include "support/children/process_copy.posix.hpp"
#include "support/faults/os_error.hpp"
#include "support/system/memory_file.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace progeny::testing;
namespace sp = progeny::subprocess;

// Closes the standard streams whose bits are set.
void close_streams(unsigned streams) {
  for (int number = 0; number < 3; ++number) {
    if (((streams >> static_cast<unsigned>(number)) & 1U) != 0) {
      ::close(number);
    }
  }
}

// The descriptors of a child whose stdout is a pipe and whose other streams are inherited.
std::string expected_descriptors(unsigned closed) {
  const std::string expected = (closed & 1U) != 0 ? "1" : "0 1";
  return (closed & 4U) != 0 ? expected : expected + " 2";
}

// Calls `body` in a copy for each set of standard streams, which are closed there.
template <class Body>
void for_each_closed_set(Body body) {
  for (unsigned closed = 0; closed < 8; ++closed) {
    EXPECT_EQ(verdict_of_copy([&] {
                close_streams(closed);
                return body(closed) ? 0 : 1;
              }),
              0)
        << "closed (bits): " << closed;
  }
}

// SP-061
TEST(ClosedStandardStreams, DoNotKeepAProgramFromStarting) {
  for_each_closed_set([](unsigned) { return sp::call(child("exit_with", "7")) == 7; });
}

// SP-061
TEST(ClosedStandardStreams, StayClosedInTheChildAndNothingElseIsOpen) {
  for_each_closed_set([](unsigned closed) {
    return sp::run(child("print_descriptors"), {.std_out = sp::PIPE}).std_out ==
           expected_descriptors(closed);
  });
}

// SP-061
TEST(ClosedStandardStreams, StayClosedInTheChildOfATrueFork) {
  for_each_closed_set([](unsigned closed) {
    const auto done =
        sp::run(child("print_descriptors"), {.std_out = sp::PIPE, .preexec_fn = [] {}});
    return done.std_out == expected_descriptors(closed);
  });
}

// SP-061
TEST(ClosedStandardStreams, CanBePipesInTheChild) {
  for_each_closed_set([](unsigned) {
    sp::Popen p(child("echo_to_both"), all_pipes());
    const sp::Output output = p.communicate("pear");
    return output.std_out == "pear" && output.std_err == "pear";
  });
}

// SP-061
TEST(ClosedStandardStreams, CanBeTheNullDeviceInTheChild) {
  for_each_closed_set([](unsigned) {
    return sp::call(child("echo_to_both"),
                    {.std_in = sp::DEVNULL, .std_out = sp::DEVNULL, .std_err = sp::DEVNULL}) == 0;
  });
}

// SP-061
TEST(ClosedStandardStreams, DoNotHideWhyALaunchFailed) {
  for_each_closed_set([](unsigned) {
    const Failure expected{.error = ENOENT, .filename = "/no/such/program"};
    const auto with_hook = [] { sp::call({"/no/such/program"}, {.preexec_fn = [] {}}); };
    return failure_of([] { sp::call({"/no/such/program"}); }) == expected &&
           failure_of(with_hook) == expected;
  });
}

// Three files, of which one has the text that the child reads.
struct ThreeFiles {
  explicit ThreeFiles(std::size_t source) {
    for (std::size_t i = 0; i < 3; ++i) {
      expected[i] = i == source ? "pear" : "";
      files.emplace_back(expected[i]);
    }
  }
  void expect_echo_in(std::size_t out, std::size_t err) {
    expected[out] += "pear";
    expected[err] += "pear";
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(files[i].contents(), expected[i]) << "file " << i;
    }
  }
  void become_standard_streams() const {
    for (int number = 0; number < 3; ++number) {
      ::dup2(files[static_cast<std::size_t>(number)].descriptor(), number);
    }
  }

  std::vector<MemoryFile> files;
  std::array<std::string, 3> expected;
};

// Calls `start` with each choice of three out of three numbers, repetitions included: it starts
// the child in a copy whose standard streams are the files.
template <class Start>
void for_each_order(Start start) {
  for (int order = 0; order < 27; ++order) {
    const std::array numbers{order / 9, order / 3 % 3, order % 3};
    SCOPED_TRACE(::testing::PrintToString(numbers));
    ThreeFiles three(static_cast<std::size_t>(numbers[0]));
    EXPECT_EQ(verdict_of_copy([&] {
                three.become_standard_streams();
                return start(three.files, numbers);
              }),
              0);
    three.expect_echo_in(static_cast<std::size_t>(numbers[1]),
                         static_cast<std::size_t>(numbers[2]));
  }
}

// SP-062
TEST(StandardNumbers, MayBeGivenToTheChildInAnyOrder) {
  for_each_order([](const std::vector<MemoryFile>&, const std::array<int, 3>& numbers) {
    return sp::call(child("echo_to_both"),
                    {.std_in = numbers[0], .std_out = numbers[1], .std_err = numbers[2]});
  });
}

// SP-062
TEST(StandardNumbers, MayBeGivenToTheChildOfATrueForkInAnyOrder) {
  for_each_order([](const std::vector<MemoryFile>&, const std::array<int, 3>& numbers) {
    return sp::call(
        child("echo_to_both"),
        {.std_in = numbers[0], .std_out = numbers[1], .std_err = numbers[2], .preexec_fn = [] {}});
  });
}

// SP-062
TEST(StandardNumbers, MayHaveOriginalsThatAreGivenInAnyOrder) {
  for_each_order([](const std::vector<MemoryFile>& files, const std::array<int, 3>& numbers) {
    const auto original = [&](std::size_t stream) {
      return files[static_cast<std::size_t>(numbers[stream])].descriptor();
    };
    return sp::call(child("echo_to_both"),
                    {.std_in = original(0), .std_out = original(1), .std_err = original(2)});
  });
}

// SP-062
TEST(StandardNumbers, MayBeMixedWithPipes) {
  const MemoryFile file;
  EXPECT_EQ(verdict_of_copy([&] {
              ::dup2(file.descriptor(), 1);
              sp::Popen p(child("echo_to_both"),
                          {.std_in = sp::PIPE, .std_out = sp::PIPE, .std_err = 1});
              return p.communicate("pear").std_out == "pear" ? p.wait() : 1;
            }),
            0);
  EXPECT_EQ(file.contents(), "pear");
}

}  // namespace
