// Decodes what an old program prints: the bytes are Latin-1, the string is UTF-8.

#include <progeny/subprocess.hpp>

#include <iostream>

namespace sp = progeny::subprocess;

int main() {
  const sp::Options latin1{.encoding = "latin-1"};
  std::cout << sp::check_output({"printf", R"(caf\351\r\n)"}, latin1);
}
