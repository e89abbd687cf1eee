#include "multiprocessing/lacking/uses.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/multiprocessing.hpp>

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace progeny::testing {

using namespace std::chrono_literals;
namespace mp = progeny::multiprocessing;

namespace {

void exchange(mp::Connection first, mp::Connection second) {
  look();
  const std::string large(1'000'000, 'x');
  std::thread sender([&] { first.send_bytes(large); });
  require(second.poll(very_long), "poll");
  const bool is_whole = second.recv_bytes() == large;
  sender.join();
  require(is_whole, "large message");
  first.close();
  try {
    static_cast<void>(second.recv_bytes());
    require(false, "no end");
  } catch (const progeny::EOFError&) {
  }
}

void use_listener(mp::connection::Family family) {
  mp::connection::Listener listener({.family = family, .authkey = "key"});
  look();
  std::thread client([&] {
    auto connection = mp::connection::Client(listener.address(), {.authkey = "key"});
    connection.send_bytes("hello");
    static_cast<void>(connection.recv_bytes());
  });
  auto connection = listener.accept(very_long);
  look();
  const bool is_right = connection.recv_bytes() == "hello";
  connection.send_bytes("bye");
  client.join();
  require(is_right, "what the client sent");
}

}  // namespace

void use_queues() {
  mp::Queue<std::string> queue;
  mp::SimpleQueue<int> simple;
  mp::JoinableQueue<int> joinable;
  look();
  const std::string large(3'000'000, 'x');
  queue.put(large);
  require(queue.get({.timeout = very_long}) == large, "large item");
  simple.put(1);
  require(simple.get() == 1, "simple queue");
  joinable.put(1);
  require(joinable.get() == 1, "joinable queue");
  joinable.task_done();
  joinable.join();
  try {
    static_cast<void>(queue.get({.timeout = 10ms}));
    require(false, "not empty");
  } catch (const mp::Empty&) {
  }
  require(!mp::connection::wait({queue.fileno()}, 0s).size(), "wait for an empty queue");
  queue.put("x");
  require(mp::connection::wait({queue.fileno()}, very_long).size() == 1, "wait for an item");
  look();
}

void use_locks() {
  mp::Lock lock;
  mp::RLock rlock;
  mp::Semaphore semaphore(1);
  mp::Event event;
  mp::Condition condition;
  mp::Barrier barrier(2);
  look();
  require(lock.acquire() && !lock.acquire({.timeout = 10ms}), "lock");
  lock.release();
  require(rlock.acquire() && rlock.acquire(), "rlock");
  require(semaphore.acquire() && !semaphore.acquire(false), "semaphore");
  require(!event.wait(10ms), "event");
  std::thread other([&] {
    static_cast<void>(barrier.wait());
    event.set();
    const std::scoped_lock guard(condition);
    condition.notify_all();
  });
  static_cast<void>(barrier.wait());
  require(event.wait(very_long), "event that is set");
  {
    const std::scoped_lock guard(condition);
    condition.wait(10ms);
  }
  other.join();
  look();
}

void use_pipes() {
  for (const bool shared : {false, true}) {
    auto [first, second] = mp::Pipe({.shared = shared});
    exchange(std::move(first), std::move(second));
  }
  auto [reader, writer] = mp::Pipe(false);
  exchange(std::move(writer), std::move(reader));
  auto [first, second] = mp::Pipe();
  std::thread sender([&first = first, &second = second] { first.send(second); });
  auto received = second.recv<mp::Connection>();
  sender.join();
  look();
  first.send(1);
  require(received.recv<int>() == 1, "a connection that was sent");
}

void use_shared_memory() {
  mp::Value<int> value(1);
  mp::Array<double> array(1000);
  mp::RawArray<char> raw(100'000);
  mp::shared_memory::SharedMemory memory({.create = true, .size = 10'000});
  look();
  memory.buf<char>()[9'999] = 'x';
  const mp::shared_memory::SharedMemory same(memory.name());
  look();
  require(same.buf<char>()[9'999] == 'x', "named memory");
  memory.unlink();
  array[999] = 1.5;
  require(array[999] == 1.5 && value.value() == 1, "values");
}

void use_listeners() {
  use_listener(mp::connection::Family::unix_socket);
  use_listener(mp::connection::Family::inet);
}

void use_random() {
  require(!mp::current_process().authkey().empty(), "authkey");
}

}  // namespace progeny::testing
