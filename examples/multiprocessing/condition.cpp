// Hands numbers to another process through one place in shared memory. A Condition lets each side
// wait until the place is as it needs it.

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <mutex>

namespace mp = progeny::multiprocessing;

namespace {

constexpr int nothing = 0;

void take_three(mp::Condition changed, const mp::RawValue<int>& place) {
  for (int i = 0; i < 3; ++i) {
    const std::scoped_lock guard(changed);
    changed.wait_for([&] { return *place != nothing; });
    std::cout << "took " << *place << '\n';
    *place = nothing;
    changed.notify();
  }
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  mp::Condition changed;
  const mp::RawValue<int> place(nothing);
  mp::Process taker(take_three, changed, place);
  taker.start();
  for (const int number : {10, 20, 30}) {
    const std::scoped_lock guard(changed);
    changed.wait_for([&] { return *place == nothing; });
    *place = number;
    changed.notify();
  }
  taker.join();
}
