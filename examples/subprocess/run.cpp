// Runs a program to its end, captures what it prints, and checks how it ended.

#include <progeny/subprocess.hpp>

#include <iostream>

namespace sp = progeny::subprocess;

int main() {
  const auto done = sp::run({"sort", "-n"}, {.input = "10\n9\n8\n", .std_out = sp::PIPE});
  std::cout << done << '\n';

  try {
    sp::run({"sh", "-c", "echo sorry >&2; exit 3"}, {.capture_output = true, .check = true});
  } catch (const sp::CalledProcessError& error) {
    std::cout << error.what() << "\nIt said: " << error.std_err().value_or("");
  }
}
