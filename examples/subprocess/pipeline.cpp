// Connects two programs as the shell's `|` does.

#include <progeny/subprocess.hpp>

#include <iostream>

namespace sp = progeny::subprocess;

int main() {
  sp::Popen numbers({"seq", "100"}, {.std_out = sp::PIPE});
  sp::Popen count({"grep", "-c", "7"}, {.std_in = numbers.std_out(), .std_out = sp::PIPE});
  numbers.std_out().close();  // Else the first program does not learn when the second ends.
  std::cout << count.communicate().std_out.value_or("");
  numbers.wait();
}
