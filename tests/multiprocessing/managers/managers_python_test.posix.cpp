// Python at the other end of a manager: tests/interop/manager_server.py and manager_client.py.
// `PROGENY_PEER_PYTHONS` names their interpreters, separated by colons. The default is `python3`.

#include <progeny/multiprocessing/managers.hpp>
#include <progeny/pickle.hpp>
#include <progeny/subprocess.hpp>

#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

// The build defines PROGENY_INTEROP, the folder of the scripts.

namespace progeny::multiprocessing::managers {

namespace {

namespace sp = progeny::subprocess;
using connection::Address;
using pickle::Value;

struct ManagerVariant {
  std::string python;
  std::string family;
};

std::vector<ManagerVariant> manager_variants() {
  const char* const named = std::getenv("PROGENY_PEER_PYTHONS");
  std::istringstream list(named == nullptr ? "python3" : named);
  std::vector<ManagerVariant> all;
  for (std::string python; std::getline(list, python, ':');) {
    for (const std::string family : {"AF_UNIX", "AF_INET"}) {
      all.push_back({python, family});
    }
  }
  return all;
}

std::string manager_variant_name(const ::testing::TestParamInfo<ManagerVariant>& info) {
  std::string name = info.param.python + "_" + info.param.family;
  for (char& letter : name) {
    letter = std::isalnum(static_cast<unsigned char>(letter)) != 0 ? letter : '_';
  }
  return name;
}

class ManagerPeer : public ::testing::TestWithParam<ManagerVariant> {
 protected:
  [[nodiscard]] sp::Popen start(const std::string& script, std::vector<std::string> words) const {
    std::vector<std::string> args{GetParam().python,
                                  std::string(PROGENY_INTEROP) + "/" + script,
                                  "--family",
                                  GetParam().family,
                                  "--authkey",
                                  "secret key"};
    args.insert(args.end(), words.begin(), words.end());
    return sp::Popen(args,
                     {.std_out = sp::PIPE, .text = true, .at_scope_exit = sp::AtScopeExit::kill});
  }
  // The address in the line `READY <family> <address>`.
  [[nodiscard]] Address address_in(const std::string& line) const {
    std::string text = line.substr(line.rfind(' ') + 1);
    text.resize(text.find_last_not_of('\n') + 1);
    const std::size_t colon = text.rfind(':');
    return GetParam().family == "AF_INET"
               ? Address(text.substr(0, colon), std::stoi(text.substr(colon + 1)))
               : Address(text);
  }
};

INSTANTIATE_TEST_SUITE_P(Python,
                         ManagerPeer,
                         ::testing::ValuesIn(manager_variants()),
                         manager_variant_name);

// Issue 20, item 4; MP-210, MP-213, MP-222 to MP-226: our proxies on Python's server.
TEST_P(ManagerPeer, ServesOurProxies) {
  sp::Popen python = start("manager_server.py", {});
  SyncManager manager(
      {.address = address_in(python.std_out().readline()), .authkey = "secret key"});
  manager.connect();

  const DictProxy dict = manager.dict({{"a", 1}});
  dict.set("b", Value::list({2, 3}));
  EXPECT_EQ(dict.at("b"), Value::list({2, 3}));
  EXPECT_EQ(dict.keys(), (std::vector<Value>{"a", "b"}));
  EXPECT_EQ(dict.items().at(0).second, Value(1));
  EXPECT_THROW(static_cast<void>(dict.at("z")), KeyError);
  EXPECT_EQ(dict.str(), "{'a': 1, 'b': [2, 3]}");
  const IteratorProxy iterator = dict.iter();
  EXPECT_EQ(iterator.next().value(), Value("a"));
  EXPECT_EQ(iterator.next().value(), Value("b"));
  EXPECT_FALSE(iterator.next().has_value());

  const ListProxy list = manager.list({3, 1, 2});
  list.sort(true);
  EXPECT_EQ(list.copy(), (std::vector<Value>{3, 2, 1}));
  EXPECT_EQ(list.slice(1, 9), (std::vector<Value>{2, 1}));
  EXPECT_THROW(static_cast<void>(list.at(3)), IndexError);
  EXPECT_THROW(list.remove("x"), ValueError);

  const QueueProxy queue = manager.JoinableQueue();
  queue.put("x");
  EXPECT_EQ(queue.get(std::chrono::seconds(30)), Value("x"));
  EXPECT_THROW(queue.get_nowait(), Empty);
  EXPECT_THROW(queue.get(std::chrono::milliseconds(1)), Empty);
  queue.task_done();
  queue.join();
  EXPECT_THROW(queue.task_done(), ValueError);

  const NamespaceProxy names = manager.Namespace();
  names.set("x", 1.5);
  EXPECT_EQ(names.get("x"), Value(1.5));
  names.erase("x");
  EXPECT_THROW(static_cast<void>(names.get("x")), AttributeError);

  const ValueProxy value = manager.Value("i", 7);
  value.set(8);
  EXPECT_EQ(value.get(), Value(8));
  const ArrayProxy array = manager.Array("i", {1, 2});
  array.set(1, 5);
  EXPECT_EQ(array[1], Value(5));
  EXPECT_EQ(array.size(), 2U);
}

// MP-226, MP-231: what waits and what has an owner.
TEST_P(ManagerPeer, ServesOurLocks) {
  sp::Popen python = start("manager_server.py", {});
  SyncManager manager(
      {.address = address_in(python.std_out().readline()), .authkey = "secret key"});
  manager.connect();

  const AcquirerProxy lock = manager.RLock();
  EXPECT_TRUE(lock.acquire());
  bool other = true;
  std::thread([&] { other = lock.acquire(std::chrono::nanoseconds(0)); }).join();
  EXPECT_FALSE(other);
  lock.release();
  EXPECT_THROW(lock.release(), RuntimeError);

  const EventProxy event = manager.Event();
  EXPECT_FALSE(event.wait(std::chrono::milliseconds(1)));
  event.set();
  EXPECT_TRUE(event.wait());

  const ConditionProxy condition = manager.Condition();
  bool is_ready = false;
  std::thread waiter([&] {
    const std::scoped_lock held(condition);
    EXPECT_TRUE(condition.wait_for([&] { return is_ready; }, std::chrono::seconds(30)));
  });
  {
    const std::scoped_lock held(condition);
    is_ready = true;
    condition.notify_all();
  }
  waiter.join();

  const BarrierProxy barrier = manager.Barrier(2);
  std::thread party([&] { barrier.wait(); });
  barrier.wait();
  party.join();
  EXPECT_EQ(barrier.parties(), 2);
  barrier.abort();
  EXPECT_THROW(barrier.wait(), BrokenBarrierError);
}

// MP-209, MP-210, MP-212, MP-220: types of Python's own, errors, nested proxies, references.
TEST_P(ManagerPeer, ServesItsOwnTypes) {
  sp::Popen python = start("manager_server.py", {});
  BaseManager manager(
      {.address = address_in(python.std_out().readline()), .authkey = "secret key"});
  manager.connect();
  {
    const BaseProxy counter = manager.create("Counter", {10}, {{"step", 2}});
    EXPECT_EQ(counter.call("incr"), Value(12));
    EXPECT_EQ(counter.call_with("incr", {}, {{"by", 1}}), Value(13));
    EXPECT_THROW(counter.call("fail", "KeyError", "k"), KeyError);
    EXPECT_THROW(counter.call("fail", "Empty"), Empty);
    EXPECT_THROW(counter.call("no_such"), RemoteError);
    EXPECT_THROW(counter.call("unserializable"), RemoteError);
    try {
      counter.call("fail", "OSError", 2, "gone", "/x");
      ADD_FAILURE();
    } catch (const OSError& error) {
      EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
      EXPECT_EQ(error.filename().value_or(""), "/x");
    }
    try {
      counter.call("fail", "PeerError", 42, "told you");
      ADD_FAILURE();
    } catch (const RemoteError& error) {
      EXPECT_EQ(error.type_name(), "peer_types.PeerError");
    }
    const IteratorProxy squares(counter.call_for_proxy("squares", {3}));
    EXPECT_EQ(squares.next().value(), Value(0));

    const ListProxy inner(manager.create("list"));
    EXPECT_NE(manager.debug_info().find(inner.id()), std::string::npos);
    EXPECT_THROW(static_cast<void>(manager.create("no_such_type")), RemoteError);
  }
  EXPECT_EQ(manager.number_of_objects(), 0);
}

// A class that the Python peer knows from manager_server.py.
class PeerCounter {
 public:
  PeerCounter(std::int64_t start, std::int64_t step) : count_(start), step_(step) {}

  Value incr(const Arguments& arguments) {
    arguments.expect_at_most(1);
    count_ += arguments.get<std::int64_t>(0, "by", step_);
    return count_;
  }
  [[nodiscard]] std::int64_t value() const { return count_; }

 private:
  std::int64_t count_;
  std::int64_t step_;
};

Value echo(PeerCounter& /*counter*/, const Arguments& arguments) {
  return Value::tuple({Value::tuple(arguments.args()), Value::dict(arguments.kwds())});
}

Value fail(PeerCounter& /*counter*/, const Arguments& arguments) {
  const auto kind = arguments.get<std::string>(0, "kind");
  const std::vector<Value> args(arguments.args().begin() + 1, arguments.args().end());
  if (kind == "PeerError") {
    throw RemoteError("peer_types", kind, args);
  }
  throw RemoteError(kind == "Empty" ? "queue" : "builtins", kind, args);
}

Value unserializable(PeerCounter& /*counter*/, const Arguments& /*arguments*/) {
  throw pickle::PicklingError("a thread cannot be pickled");
}

Reply squares(PeerCounter& /*counter*/, const Arguments& arguments) {
  std::vector<Value> all;
  for (std::int64_t i = 0; i < arguments.get<std::int64_t>(0, "n"); ++i) {
    all.emplace_back(i * i);
  }
  return make_iterator(std::move(all));
}

std::shared_ptr<PeerCounter> make_counter(const Arguments& from) {
  return std::make_shared<PeerCounter>(from.get<std::int64_t>(0, "start", 0),
                                       from.get<std::int64_t>(1, "step", 1));
}

void register_peer_types(Registry& types) {
  types.register_object("get_queue", make_queue());
  types.register_object("get_dict", make_dict({{"hello", "world"}}));
  types.register_object("get_list", make_list({1, 2, 3}));
  types.register_type<PeerCounter>("Counter", make_counter)
      .method("incr",
              [](PeerCounter& counter, const Arguments& from) { return counter.incr(from); })
      .method("value", &PeerCounter::value)
      .method("echo", echo)
      .method("fail", fail)
      .method("unserializable", unserializable)
      .method("squares", squares);
  types.register_type<PeerCounter>("Narrow", make_counter)
      .method("incr",
              [](PeerCounter& counter, const Arguments& from) { return counter.incr(from); })
      .method("value", &PeerCounter::value);
}

// Issue 20, item 4; MP-207 to MP-226, MP-232: every feature of a Python client on our server.
TEST_P(ManagerPeer, IsServedByOurServer) {
  SyncManager manager({.address = GetParam().family == "AF_INET"
                                      ? std::optional(Address("127.0.0.1", 0))
                                      : std::nullopt,
                       .authkey = "secret key"});
  register_peer_types(manager.registry());
  Server server = manager.get_server();
  std::thread serving([&] { server.serve_forever(); });
  std::vector<std::string> words{"--address", to_string(server.address()), "--shutdown"};
  if (GetParam().family == "AF_INET") {
    // Python's handshake takes 40 ms over TCP, so not everything is done twice.
    words.insert(words.end(), {"--only", "server,queue,dict,errors,rlock,nested"});
  }
  sp::Popen python = start("manager_client.py", words);
  const auto [out, err] = python.communicate();
  EXPECT_EQ(python.returncode(), 0) << out.value_or("");
  server.stop();
  serving.join();
}

}  // namespace

}  // namespace progeny::multiprocessing::managers
