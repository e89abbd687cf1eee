// A program whose children call one of its functions. It prints their answers once, and nothing
// else, however it was launched (MP-063). Its argument is the start method.

#include <progeny/multiprocessing.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

namespace mp = progeny::multiprocessing;

namespace {

void square(mp::Connection& answers, int number) {
  answers.send(number * number);
}

// Makes a relative path to the program useless. A folder of this name is left by removing it (J2).
void leave_folder() {
  if (const char* const gone = std::getenv("PROGENY_TEST_GONE")) {
    std::filesystem::current_path(gone);
    std::filesystem::remove(gone);
  } else {
    std::filesystem::current_path("/");
  }
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  if (argc != 2) {
    std::puts("main was entered by a child, or without a start method");
    return 2;
  }
  const auto context = mp::get_context(argv[1]);
  leave_folder();
  std::vector<int> squares;
  for (const int number : {1, 2, 3}) {
    auto [ours, childs] = mp::Pipe();
    auto child = context.Process(square, std::move(childs), number);
    child.start();
    squares.push_back(ours.recv<int>());
    child.join();
  }
  std::printf("%s -> [%d, %d, %d]\n", argv[1], squares[0], squares[1], squares[2]);
}
