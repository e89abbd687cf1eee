// Connects processes by queues, as the shell connects programs by pipes: one counts, the next one
// squares, and the main process adds.

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <optional>

namespace mp = progeny::multiprocessing;

namespace {

using Numbers = mp::Queue<std::optional<int>>;  // An empty optional marks the end.

void count(Numbers numbers) {
  for (int number = 1; number <= 100; ++number) {
    numbers.put(number);
  }
  numbers.put(std::nullopt);
}

void square(Numbers numbers, Numbers squares) {
  while (const std::optional<int> number = numbers.get()) {
    squares.put(*number * *number);
  }
  squares.put(std::nullopt);
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  const Numbers numbers;
  Numbers squares;
  mp::Process counting(count, numbers);
  mp::Process squaring(square, numbers, squares);
  counting.start();
  squaring.start();

  int sum = 0;
  while (const std::optional<int> number = squares.get()) {
    sum += *number;
  }
  std::cout << sum << '\n';
  counting.join();
  squaring.join();
}
