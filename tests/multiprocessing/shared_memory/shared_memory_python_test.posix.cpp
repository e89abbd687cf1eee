// Shared memory together with a real Python process. `PROGENY_PEER_PYTHONS` lists the interpreters,
// separated by colons. Default: `python3`.

#include "multiprocessing/family.posix.hpp"

#include <progeny/multiprocessing/shared_memory/shareable_list.hpp>
#include <progeny/subprocess/run.hpp>

#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace sp = progeny::subprocess;
using progeny::multiprocessing::shared_memory::ShareableList;
using progeny::multiprocessing::shared_memory::ShareableValue;
using progeny::multiprocessing::shared_memory::SharedMemory;
using progeny::testing::is_there;
using progeny::testing::Unlinking;

std::vector<std::string> pythons() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): before there are threads.
  const char* const named = std::getenv("PROGENY_PEER_PYTHONS");
  std::istringstream list(named == nullptr ? "python3" : named);
  std::vector<std::string> all;
  for (std::string python; std::getline(list, python, ':');) {
    all.push_back(python);
  }
  return all;
}

// The beginning of every script. An attached Python must not destroy the block when it ends; before
// 3.13 that takes removing the tracker.
constexpr const char* prelude = R"(
import sys
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory, ShareableList
def keep(memory):
    resource_tracker.unregister(memory._name, 'shared_memory')
    return memory
name = sys.argv[1] if len(sys.argv) > 1 else None
new = sys.version_info >= (3, 9)
)";

class WithPython : public ::testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] static std::string output_of(const std::string& script,
                                             const std::string& name = {}) {
    const auto done =
        sp::run({GetParam(), "-c", prelude + script, name},
                {.capture_output = true, .timeout = progeny::testing::very_long, .text = true});
    EXPECT_EQ(done.returncode, 0) << done.std_err.value_or("");
    EXPECT_EQ(done.std_err.value_or(""), "");
    return done.std_out.value_or("");
  }
};

INSTANTIATE_TEST_SUITE_P(Python, WithPython, ::testing::ValuesIn(pythons()), [](const auto& about) {
  std::string name = about.param;
  for (char& letter : name) {
    letter = std::isalnum(static_cast<unsigned char>(letter)) != 0 ? letter : '_';
  }
  return name;
});

// MP-199
TEST_P(WithPython, PythonAttachesToOurs) {
  SharedMemory memory({.create = true, .size = 10});
  const Unlinking unlinking(memory);
  memory.buf()[0] = std::byte{7};
  EXPECT_EQ(output_of(R"(
memory = keep(SharedMemory(name))
print(memory.name == name, memory.size, memory.buf[0])
memory.buf[1] = 8
memory.close()
)",
                      memory.name()),
            "True 10 7\n");
  EXPECT_EQ(memory.buf()[1], std::byte{8});
  EXPECT_TRUE(is_there(memory.name()));
}

// MP-199
TEST_P(WithPython, WeAttachToPythons) {
  auto name = output_of(R"(
memory = keep(SharedMemory(create=True, size=10))
memory.buf[9] = 9
print(memory.name)
)");
  name.pop_back();
  SharedMemory memory(name);
  const Unlinking unlinking(memory);
  EXPECT_EQ(memory.size(), 10U);
  EXPECT_EQ(memory.buf()[9], std::byte{9});
}

// MP-197
TEST_P(WithPython, PythonUnlinksOurs) {
  SharedMemory memory({.create = true, .size = 10});
  const Unlinking unlinking(memory);
  EXPECT_EQ(output_of("SharedMemory(name).unlink()", memory.name()), "");
  EXPECT_FALSE(is_there(memory.name()));
}

constexpr const char* text_of_list =
    R"(['howdy', b'HoWdY', -273.154, 100, None, True, 42, '', 'äöü', 'exactly8'])";

std::vector<ShareableValue> same_list() {
  ShareableValue::Bytes bytes;
  for (const char letter : std::string("HoWdY")) {
    bytes.push_back(std::byte(letter));
  }
  return {"howdy", bytes, -273.154, 100, nullptr, true, 42, "", "äöü", "exactly8"};
}

// MP-202
TEST_P(WithPython, PythonReadsAndWritesOurList) {
  ShareableList list(same_list());
  const Unlinking unlinking(list);
  const auto answer = output_of(std::string(R"(
if not new:
    print('too old')
    resource_tracker.unregister(SharedMemory(name)._name, 'shared_memory')
    sys.exit()
l = ShareableList(name=name)
keep(l.shm)
print(list(l) == )") + text_of_list +
                                    R"()
l[0] = 'ende'
l[3] = 2.5
l[-1] = b'12345678'
l[2] = None
)",
                                list.shm().name());
  if (answer == "too old\n") {
    GTEST_SKIP() << "Python 3.8 has another layout";
  }
  EXPECT_EQ(answer, "True\n");
  EXPECT_EQ(list.at(0), "ende");
  EXPECT_EQ(list.at(3), 2.5);
  EXPECT_EQ(list.at(-1).get<ShareableValue::Bytes>().size(), 8U);
  EXPECT_TRUE(list.at(2).is_none());
  EXPECT_EQ(list.at(4), nullptr);
}

// MP-202: Python 3.8 has another layout, which is read too.
TEST_P(WithPython, WeReadAndWritePythonsList) {
  auto name = output_of(std::string("l = ShareableList(") + text_of_list +
                        ")\nkeep(l.shm)\nprint(l.shm.name)");
  name.pop_back();
  ShareableList list(name);
  const Unlinking unlinking(list);
  const auto expected = same_list();
  ASSERT_EQ(list.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(list.at(static_cast<std::ptrdiff_t>(i)), expected[i]) << i;
  }
  list[0] = "worlds";
  list[1] = 3;
  list[-1] = "0123456789abcdef";
  list[4] = false;
  EXPECT_EQ(output_of("l = ShareableList(name=name)\nkeep(l.shm)\n"
                      "print(l[0], l[1], l[9], l[4], l[3])",
                      name),
            "worlds 3 0123456789abcdef False 100\n");
}

// MP-205: Python sees the text without its final NULs.
TEST_P(WithPython, PythonReadsWhatEndsWithNuls) {
  const std::string with_nul("ab\0", 3);
  ShareableList list{with_nul, 5};
  const Unlinking unlinking(list);
  EXPECT_EQ(output_of("if new:\n    l = ShareableList(name=name)\n    keep(l.shm)\n"
                      "    print(list(l) == ['ab', 5])\n"
                      "else:\n    print(True)",
                      list.shm().name()),
            "True\n");
}

// MP-202: byte for byte.
TEST_P(WithPython, BothMakeTheSameBytes) {
  ShareableList list{"howdy", 100, nullptr, true, 2.5, "12345678"};
  const Unlinking unlinking(list);
  EXPECT_EQ(output_of("ours = keep(SharedMemory(name))\n"
                      "l = ShareableList(['howdy', 100, None, True, 2.5, '12345678'])\n"
                      "same = bytes(ours.buf) == bytes(l.shm.buf)\n"
                      "print(same == new)\n"
                      "l.shm.unlink()",
                      list.shm().name()),
            "True\n");
}

}  // namespace
