// Gives a child an environment and a folder of its own.

#include <progeny/os.hpp>
#include <progeny/subprocess.hpp>

#include <iostream>

namespace sp = progeny::subprocess;

int main() {
  auto env = progeny::os::environment();
  env.set("FRUIT", "apple");
  std::cout << sp::check_output("echo $FRUIT in $PWD", {.shell = true, .cwd = "/", .env = env});
}
