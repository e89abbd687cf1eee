// Shows what only Windows has: command lines, consoles, exit codes of 32 bits, process trees.

#include <progeny/subprocess.hpp>

#include <chrono>
#include <iostream>

namespace sp = progeny::subprocess;
using namespace std::chrono_literals;

int main() {
  // One string is the whole command line; the program splits it by its own rules.
  std::cout << sp::check_output("cmd /c echo one  two", {.text = true});

  // A console program without a console window, as a desktop program wants it.
  const auto quiet = sp::run({"cmd", "/c", "exit 3"}, {.creationflags = sp::create_no_window});
  std::cout << quiet << '\n';

  // Exit codes have 32 bits and no sign. (This is how Ctrl-C ends a program.)
  std::cout << sp::call("cmd /c exit -1073741510") << '\n';

  // With a group of its own, the child and all that it starts end with the scope, or with us.
  {
    const sp::Popen tree("cmd /c cmd /c pause",
                         {.std_in = sp::PIPE,
                          .std_out = sp::DEVNULL,
                          .process_group = 0,
                          .at_scope_exit = sp::AtScopeExit::kill});
  }
  std::cout << "gone\n";
}
