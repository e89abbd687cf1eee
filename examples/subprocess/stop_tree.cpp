// Ends a program with everything that it has started, also in sessions of their own.

#include <progeny/subprocess.hpp>

#include <chrono>
#include <iostream>
#include <string>

namespace sp = progeny::subprocess;

int main() {
  using namespace std::chrono_literals;
  sp::Popen server({"sh", "-c", "setsid sleep 600 & sleep 600 & echo ready; wait"},
                   {.std_out = sp::PIPE});
  std::cout << server.std_out().readline();
  const std::int64_t returncode = server.stop(2s);  // SIGTERM to all; after 2 s SIGKILL.
  std::cout << "ended with " << returncode << '\n';
  std::cout << "left on the pipe: \"" << server.std_out().read() << "\"\n";  // All have closed it.
}
