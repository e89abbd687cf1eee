#include "processes.hpp"

#include "help.hpp"

#include <progeny/multiprocessing.hpp>

#include <cstdlib>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tour {

namespace mp = progeny::multiprocessing;

namespace {

void greet(mp::Queue<std::string> q, int who) {
  q.put("hello from process " + std::to_string(who));
}

void count(const mp::Value<int>& n, const mp::Array<int>& who, int me) {
  for (int i = 0; i < 1000; ++i) {
    *n += 1;
  }
  who[me] = me;
}

void hold(mp::Lock lock, mp::Event held) {
  lock.acquire();
  held.set();
  mp::Event().wait();
}

int cube(int x) {
  return x * x * x;
}

int crash(int /*x*/) {
  std::abort();
}

void multiply(int a, int b) {
  throw mp::SystemExit(a * b);
}

void square(mp::Connection& connection) {
  auto numbers = connection.recv<std::vector<int>>();
  for (int& number : numbers) {
    number *= number;
  }
  connection.send(numbers);
}

}  // namespace

void processes_cells(Page& page) {
  page.include(17, "progeny/multiprocessing.hpp");

  page.cell(18);
  page.help(help_on_multiprocessing());

  page.text("Past the notebook: a function in a process of its own, void multiply(int a, int b).");
  page.cell(22);
  mp::Process child(multiply, 6, 7);
  child.start();
  child.join();

  page.cell(23);
  page.out(child);

  page.text("A function that answers through a pipe, void square(mp::Connection& connection).");
  page.cell(24);
  auto [ours, theirs] = mp::Pipe();
  mp::Process answering(square, std::move(theirs));
  answering.start();
  ours.send(std::vector{1, 2, 3});

  page.cell(25);
  page.out(ours.recv<std::vector<int>>());

  answering.join();
}

void queue_cells(Page& page) {
  page.text("A queue holds values of one type here.");
  page.cell(19);
  using Queue = mp::Queue<std::string>;

  page.cell(20);
  Queue q;

  page.cell(21);
  page.help(help_on_queue());

  page.text("Three processes put into it, void greet(mp::Queue<std::string> q, int who).");
  page.cell(26);
  std::vector<mp::Process> greeters;
  for (int who = 1; who <= 3; ++who) {
    greeters.emplace_back(greet, q, who);
    greeters.back().start();
  }

  page.cell(27);
  const std::set<std::string> words = {q.get(), q.get(), q.get()};
  page.out(std::vector<std::string>(words.begin(), words.end()));

  for (mp::Process& greeter : greeters) {
    greeter.join();
  }
}

void sharing_cells(Page& page) {
  page.text(
      "Shared memory with a lock, void count(const mp::Value<int>& n, const mp::Array<int>& who, "
      "int me).");
  page.cell(28);
  const mp::Value<int> n(0);
  const mp::Array<int> who(4);
  std::vector<mp::Process> counting;
  for (int i = 0; i < 4; ++i) {
    counting.emplace_back(count, n, who, i);
    counting.back().start();
  }

  for (mp::Process& process : counting) {
    process.join();
  }
  page.cell(29);
  page.out(n.value());

  page.cell(30);
  page.out(static_cast<int>(who[3]));

  page.text(
      "After its owner is killed, the next caller gets the lock and learns of it. Python would "
      "wait.");
  page.cell(31);
  mp::Lock lock;
  const mp::Event held;
  mp::Process holder(hold, lock, held);
  holder.start();
  held.wait();
  holder.kill();

  try {
    page.cell(32);
    lock.acquire();

  } catch (const mp::OwnerDied& error) {
    page.raised("OwnerDied", error);
  }
  holder.join();
}

void pool_cells(Page& page) {
  page.text(
      "A pool of workers, int cube(int x) and int crash(int x). A worker that dies costs the call "
      "in its hands; Python's pool would wait for ever.");
  page.cell(33);
  mp::Pool pool(2);

  page.cell(34);
  page.out(pool.map(cube, std::vector{1, 2, 3, 4}));

  try {
    page.cell(35);
    pool.apply(crash, 3);

  } catch (const mp::WorkerLost& error) {
    page.raised("WorkerLost", error);
  }

  page.cell(36);
  page.out(pool.apply(cube, 5));
}

}  // namespace tour
