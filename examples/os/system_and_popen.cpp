// Runs shell commands the short way.

#include <progeny/os.hpp>

#include <iostream>

namespace os = progeny::os;

int main() {
  const int status = os::system("exit 3");
  std::cout << os::waitstatus_to_exitcode(status) << '\n' << std::flush;

  auto upper = os::popen("tr a-z A-Z", "w");
  upper.write("written to a command\n");
  upper.close();

  auto lines = os::popen("echo one; echo two");
  for (const std::string& line : lines) {
    std::cout << line;
  }
}
