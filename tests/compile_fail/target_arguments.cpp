// J6: a target that cannot be called with the arguments.

#include <progeny/multiprocessing/process.hpp>

void work(int number);

void start() {
  progeny::multiprocessing::Process(work, "seven").start();
}
