// Waits for a child for half a second at most, then ends it.

#include <progeny/subprocess.hpp>

#include <chrono>
#include <iostream>

namespace sp = progeny::subprocess;
using namespace std::chrono_literals;

int main() {
  sp::Popen p({"sleep", "60"});
  try {
    p.wait(500ms);
  } catch (const sp::TimeoutExpired& error) {
    std::cout << error.what() << '\n';
    p.kill();
  }
  std::cout << p.wait() << '\n';  // -9: killed by signal 9.
}
