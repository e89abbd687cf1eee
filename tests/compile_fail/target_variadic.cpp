// J6: a function of C that takes any arguments.

#include <progeny/multiprocessing/process.hpp>

#include <cstdio>

void start() {
  progeny::multiprocessing::Process(std::printf, "%d", 3).start();
}
