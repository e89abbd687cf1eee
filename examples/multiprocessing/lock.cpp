// Lets only one process at a time change a number in shared memory, by a Lock.

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <mutex>
#include <vector>

namespace mp = progeny::multiprocessing;

namespace {

void deposit(mp::Lock lock, const mp::RawValue<int>& balance) {
  for (int i = 0; i < 1000; ++i) {
    const std::scoped_lock guard(lock);
    *balance += 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  const mp::Lock lock;
  const mp::RawValue<int> balance(0);
  std::vector<mp::Process> customers;
  for (int i = 0; i < 4; ++i) {
    customers.emplace_back(deposit, lock, balance);
    customers.back().start();
  }
  for (mp::Process& customer : customers) {
    customer.join();
  }
  std::cout << balance.value() << '\n';
}
