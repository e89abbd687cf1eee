// A C++ program that does nothing: the dynamic linker and the C++ library's own beginning are all
// that it costs.

#include <iostream>
#include <string>

int main(int argc, char** argv) {
  if (argc > 1) {
    std::cout << std::string(argv[1]) << '\n';
  }
  return 0;
}
