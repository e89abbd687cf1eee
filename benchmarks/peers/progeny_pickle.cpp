// progeny's pickles: of C++ types, and of values of Python.

#include "peers/peer.hpp"

#include <progeny/pickle.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bench {

namespace {

namespace pickle = progeny::pickle;

std::vector<std::int64_t> ints(std::size_t count) {
  std::vector<std::int64_t> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(static_cast<std::int64_t>(i) * 40503);
  }
  return all;
}

std::vector<double> floats(std::size_t count) {
  std::vector<double> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(static_cast<double>(i) * 0.1);
  }
  return all;
}

std::vector<std::string> strings(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back("the string number " + std::to_string(i));
  }
  return all;
}

// As Python writes it, with a number for each string: here only what has two owners gets one.
std::string python_pickle(const pickle::Value& value) {
  if (value.kind() != pickle::Kind::list) {
    return pickle::dumps(value);
  }
  const std::vector<pickle::Value> second_owner = value.items();
  return pickle::dumps(value);
}

template <class T>
void run(bool reads, T (*make)(std::size_t), std::size_t count) {
  static const T value = make(count);
  static const std::string data = python_pickle(pickle::from(value));
  if (reads ? pickle::loads<T>(data).empty() : pickle::dumps(value).empty()) {
    throw pickle::PicklingError("nothing came of it");
  }
}

void run_typed(const Pickling& pickling) {
  if (pickling.kind == "ints") {
    run(pickling.reads, ints, pickling.count);
  } else if (pickling.kind == "floats") {
    run(pickling.reads, floats, pickling.count);
  } else if (pickling.kind == "strings") {
    run(pickling.reads, strings, pickling.count);
  } else {
    run<std::vector<std::byte>>(
        pickling.reads,
        [](std::size_t count) { return std::vector<std::byte>(count, std::byte{'x'}); },
        pickling.count);
  }
}

pickle::Value value_of(const Pickling& pickling) {
  if (pickling.kind == "ints") {
    return pickle::from(ints(pickling.count));
  }
  if (pickling.kind == "floats") {
    return pickle::from(floats(pickling.count));
  }
  if (pickling.kind == "strings") {
    return pickle::from(strings(pickling.count));
  }
  return pickle::Value::bytes(std::string(pickling.count, 'x'));
}

void run_values(const Pickling& pickling) {
  static Pickling prepared;
  static pickle::Value value;
  static std::string data;
  if (std::exchange(prepared.kind, pickling.kind) != pickling.kind) {
    value = value_of(pickling);
    data = python_pickle(value);
  }
  if (pickling.reads ? pickle::loads(data).size() == 0 : pickle::dumps(value).empty()) {
    throw pickle::PicklingError("nothing came of it");
  }
}

const Announce announce_typed{{.name = "progeny_typed", .pickle = run_typed}};
const Announce announce_values{{.name = "progeny_values", .pickle = run_values}};

}  // namespace

}  // namespace bench
