// Feeds a child and reads both of its outputs at once, which can never lock up.

#include <progeny/subprocess.hpp>

#include <chrono>
#include <iostream>

namespace sp = progeny::subprocess;
using namespace std::chrono_literals;

int main() {
  sp::Popen p({"sort", "-n"}, {.std_in = sp::PIPE, .std_out = sp::PIPE, .text = true});
  auto [out, err] = p.communicate("3\n1\n2\n", 5s);
  std::cout << out.value_or("") << (err ? "stderr was captured" : "stderr was not captured")
            << '\n';
}
