// A shared library that has children by itself: the program that links it does not know (J7).

#include <progeny/multiprocessing.hpp>

#include <array>
#include <chrono>
#include <string>

namespace mp = progeny::multiprocessing;

namespace {

const std::array<int, 3> table{1, 2, 3};
const std::string word = "built";

void work(mp::Queue<int>& answers) {
  answers.put(table[1] + static_cast<int>(word.size()));
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int answer_of_library(const char* method) {
  mp::Queue<int> answers;
  auto child = mp::get_context(method).Process(work, answers);
  child.start();
  const int answer = answers.get({.timeout = std::chrono::seconds(60)});
  child.join();
  return answer;
}

namespace {

// Last: children enter here, and use what is above.
const bool entered = (mp::freeze_support(), true);

}  // namespace
