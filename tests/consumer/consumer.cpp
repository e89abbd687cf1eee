// A program of somebody else's that uses the library: all that it needs must have been installed.

#include <progeny/os.hpp>
#include <progeny/subprocess.hpp>

#include <iostream>

int main() {
  namespace sp = progeny::subprocess;
  const auto done =
      sp::run("echo hello", {.capture_output = true, .check = true, .shell = true, .text = true});
  std::cout << done << '\n';
  return done.std_out == "hello\n" && progeny::os::system("exit 0") == 0 ? 0 : 1;
}
