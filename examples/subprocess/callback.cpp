// Hands a large output to a function as it comes, instead of collecting it in memory.

#include <progeny/subprocess.hpp>

#include <cstddef>
#include <iostream>
#include <string_view>

namespace sp = progeny::subprocess;

int main() {
  std::size_t count = 0;
  sp::run({"head", "-c", "100000000", "/dev/zero"},
          {.std_out = sp::PIPE,
           .on_std_out = [&count](std::string_view bytes) { count += bytes.size(); }});
  std::cout << count << '\n';
}
