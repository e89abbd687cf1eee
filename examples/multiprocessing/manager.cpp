// Processes share a list, a dict and a queue through a manager.
//
// A Python program can use the same objects: give the manager an address and a key, and connect.

#include <progeny/multiprocessing.hpp>

#include <iostream>

namespace mp = progeny::multiprocessing;

void count(const mp::managers::QueueProxy& words, const mp::managers::DictProxy& counts) {
  for (;;) {
    const progeny::pickle::Value word = words.get();
    if (word.is_none()) {
      break;
    }
    counts.set(word, counts.get(word, 0).as_int() + 1);
    words.task_done();
  }
}

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  mp::SyncManager manager = mp::Manager();
  const mp::managers::QueueProxy words = manager.JoinableQueue();
  const mp::managers::DictProxy counts = manager.dict();

  mp::Process worker = mp::get_context("fork").Process([&] { count(words, counts); });
  worker.start();
  for (const char* word : {"to", "be", "or", "not", "to", "be"}) {
    words.put(word);
  }
  words.join();
  words.put({});
  worker.join();

  std::cout << counts.str() << '\n';
  try {
    static_cast<void>(counts["that"]);
  } catch (const progeny::KeyError& error) {
    std::cout << "KeyError: " << error.what() << '\n';
  }
  const mp::managers::ListProxy list = manager.list({3, 1, 2});
  list.sort();
  std::cout << list.str() << '\n';
}
