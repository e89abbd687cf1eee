// Reads a program's output line by line while it runs.

#include <progeny/subprocess.hpp>

#include <iostream>

namespace sp = progeny::subprocess;

int main() {
  sp::Popen p({"seq", "3"}, {.std_out = sp::PIPE, .text = true});
  for (const std::string& line : p.std_out()) {
    std::cout << "got " << line;
  }
  std::cout << p.wait() << '\n';
}
