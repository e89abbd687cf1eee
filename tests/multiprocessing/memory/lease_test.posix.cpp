// C5: shared memory that was given to a child is used again once the child has ended, however it
// ended, and not before its descendants have.

#include "multiprocessing/memory/heap.hpp"
#include "multiprocessing/methods.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/sharedctypes/array.hpp>
#include <progeny/multiprocessing/sharedctypes/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using progeny::testing::eventually;
using progeny::testing::EveryMethod;
using progeny::testing::very_long;
using progeny::testing::wait_for_word;
namespace mp = progeny::multiprocessing;

constexpr std::ptrdiff_t count = 500'000;

/// What the heap has given out, after all that has ended was noticed.
std::size_t bytes_in_use() {
  static_cast<void>(mp::active_children());
  for (int i = 0; i < 20; ++i) {
    static_cast<void>(mp::detail::heap().facts());  // Each looks at some of the blocks.
  }
  return mp::detail::heap().facts().occupied_bytes;
}

class Lease : public EveryMethod {
 protected:
  const std::size_t before = bytes_in_use();
  void TearDown() override {
    EXPECT_TRUE(eventually([this] { return bytes_in_use() <= before; })) << bytes_in_use();
  }
};
INSTANTIATE_FOR_EVERY_METHOD(Lease);

void write_and_wait(mp::Connection& connection, mp::Array<int>& array, mp::Value<int>& value) {
  array[0] = 1;
  *value = 2;
  connection.send(std::string("here"));
  wait_for_word(connection);
}

enum class End { killed, terminated, exited, left };

void end_as(mp::Connection& connection, mp::RawArray<int>& array, End end) {
  array[0] = 1;
  connection.send(std::string("here"));
  if (end == End::left) {
    ::_exit(3);
  }
  if (end != End::exited) {
    wait_for_word(connection);
  }
}

// C5
TEST_P(Lease, EndsWithTheChildHoweverItEnds) {
  for (const End end : {End::killed, End::terminated, End::exited, End::left}) {
    for (int i = 0; i < 10; ++i) {
      auto [ours, theirs] = mp::Pipe();
      auto child = started(end_as, std::move(theirs), mp::RawArray<int>(count), end);
      EXPECT_EQ(ours.recv<std::string>(), "here");
      EXPECT_GE(bytes_in_use(), before);
      if (end == End::killed) {
        child.kill();
      } else if (end == End::terminated) {
        child.terminate();
      }
      EXPECT_TRUE(child.join(very_long));
    }
    EXPECT_LE(bytes_in_use(), before);
  }
}

// C5
TEST_P(Lease, CoversValuesWithLocks) {
  auto [ours, theirs] = mp::Pipe();
  auto child = started(write_and_wait, std::move(theirs), mp::Array<int>(count), mp::Value<int>(1));
  EXPECT_EQ(ours.recv<std::string>(), "here");
  child.kill();
  EXPECT_TRUE(child.join(very_long));
}

// C5: the array of the parent lives on and has the same elements.
TEST_P(Lease, LeavesTheParentsOwnObjectAlone) {
  mp::RawArray<int> array(count);
  auto [ours, theirs] = mp::Pipe();
  auto child = started(end_as, std::move(theirs), array, End::killed);
  EXPECT_EQ(ours.recv<std::string>(), "here");
  child.kill();
  EXPECT_TRUE(child.join(very_long));
  EXPECT_GT(bytes_in_use(), before);
  EXPECT_EQ(array[0], 1);
}

void wait_and_write(mp::Connection& connection, mp::RawArray<int>& array) {
  connection.send(std::string("here"));
  wait_for_word(connection);
  array[0] = 7;
  connection.send(static_cast<int>(array[0]));
}

// Gives all to a child of its own, and waits to be killed.
void pass_on(mp::Connection& connection,
             mp::Connection& for_grandchild,
             mp::RawArray<int>& array,
             std::string method) {
  auto process = mp::get_context(method).Process(mp::ProcessOptions{.die_with_parent = false},
                                                 wait_and_write,
                                                 std::move(for_grandchild),
                                                 array);
  process.start();
  wait_for_word(connection);
}

// C5: the child is killed before its own child.
TEST_P(Lease, LastsAsLongAsAnyDescendant) {
  for (const char* const method : {"fork", "spawn", "forkserver"}) {
    auto [ours, childs] = mp::Pipe();
    auto [for_grandchild, grandchilds] = mp::Pipe();
    auto child = started(pass_on,
                         std::move(childs),
                         std::move(grandchilds),
                         mp::RawArray<int>(count),
                         std::string(method));
    EXPECT_EQ(for_grandchild.recv<std::string>(), "here");
    child.kill();
    EXPECT_TRUE(child.join(very_long));
    EXPECT_GE(bytes_in_use(), before + count * sizeof(int)) << method;
    for_grandchild.send_bytes("go on");
    EXPECT_EQ(for_grandchild.recv<int>(), 7);
    EXPECT_TRUE(eventually([this] { return bytes_in_use() <= before; })) << method;
  }
}

// C5
/// The methods under which an argument may be refused.
class RefusedLease : public Lease {};
INSTANTIATE_TEST_SUITE_P(Method, RefusedLease, ::testing::Values("spawn", "forkserver"));

TEST_P(RefusedLease, IsOverForAChildThatWasNeverStarted) {
  {
    int number = 0;
    auto process = context().Process([&number](mp::RawArray<int>& array) { array[0] = number; },
                                     mp::RawArray<int>(count));
    EXPECT_THROW(process.start(), progeny::RuntimeError);
  }
  {
    std::vector<mp::Connection> many;
    for (int i = 0; i < 130; ++i) {
      auto [a, b] = mp::Pipe();
      many.push_back(std::move(a));
      many.push_back(std::move(b));
    }
    auto process =
        context().Process([](std::vector<mp::Connection>& /*all*/, mp::RawArray<int>& /*array*/) {},
                          std::move(many),
                          mp::RawArray<int>(count));
    if (GetParam() == "forkserver") {
      EXPECT_THROW(process.start(), progeny::ValueError);
    }
  }
}

void put_back(mp::Connection& connection, mp::RawArray<int>& array) {
  array[1] = 5;
  connection.send(array);
}

// C5: what a child sends on counts for itself.
TEST_P(Lease, DoesNotCoverWhatTheChildSends) {
  auto [ours, theirs] = mp::Pipe();
  auto child = started(put_back, std::move(theirs), mp::RawArray<int>(count));
  {
    const auto array = ours.recv<mp::RawArray<int>>();
    EXPECT_TRUE(child.join(very_long));
    EXPECT_GE(bytes_in_use(), before + count * sizeof(int));
    EXPECT_EQ(array[1], 5);
  }
  EXPECT_LE(bytes_in_use(), before);
}

// C5: a copy of the parent, made by the host, gives nothing back.
TEST_P(Lease, IsNotThatOfACopyOfTheParent) {
  auto [ours, theirs] = mp::Pipe();
  auto child = started(wait_and_write, std::move(theirs), mp::RawArray<int>(count));
  EXPECT_EQ(ours.recv<std::string>(), "here");
  const int copy = ::fork();
  if (copy == 0) {
    const bool has_none = mp::active_children().empty();
    {
      const mp::Process dropped(std::move(child));
    }
    ::_exit(has_none ? 0 : 1);
  }
  int status = -1;
  EXPECT_EQ(::waitpid(copy, &status, 0), copy);
  EXPECT_EQ(status, 0);
  EXPECT_GE(bytes_in_use(), before + count * sizeof(int));
  ours.send_bytes("go on");
  EXPECT_EQ(ours.recv<int>(), 7);
  EXPECT_TRUE(child.join(very_long));
}

}  // namespace
