// A program whose library has children (own_way_in.cpp). Its argument is the start method.

#include <cstdio>

extern "C" int answer_of_library(const char* method);

int main(int argc, char** argv) {
  std::printf("main %d %d\n", argc, argc == 2 ? answer_of_library(argv[1]) : 0);
}
