// Six guests share two seats, which a Semaphore counts. A Barrier lets a guest leave only after
// somebody has sat beside it, so that both seats are really used.

#include <progeny/multiprocessing.hpp>

#include <algorithm>
#include <iostream>
#include <mutex>
#include <vector>

namespace mp = progeny::multiprocessing;

namespace {

struct Count {
  int now;
  int most;
};

void visit(mp::Semaphore seats, mp::Barrier company, const mp::Value<Count>& seated) {
  const std::scoped_lock seat(seats);
  {
    const std::scoped_lock guard(seated);
    Count& count = *seated.get_obj();
    count.now += 1;
    count.most = std::max(count.most, count.now);
  }
  company.wait();
  const std::scoped_lock guard(seated);
  seated.get_obj()->now -= 1;
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  const mp::Semaphore seats(2);
  const mp::Barrier company(2);
  const mp::Value<Count> seated;
  std::vector<mp::Process> guests;
  for (int i = 0; i < 6; ++i) {
    guests.emplace_back(visit, seats, company, seated);
    guests.back().start();
  }
  for (mp::Process& guest : guests) {
    guest.join();
  }
  std::cout << "at most " << seated.value().most << " at once, now " << seated.value().now << '\n';
}
