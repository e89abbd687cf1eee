#include "multiprocessing/connection/pipes.hpp"
#include "support/children/forked_child.posix.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/memory_file.hpp"
#include "support/system/process_facts.hpp"
#include "support/system/scoped_limit.posix.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/detail/connection_access.hpp>
#include <progeny/multiprocessing/reduction.hpp>
#include <progeny/multiprocessing/resource_sharer.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <unistd.h>

namespace progeny::multiprocessing {

namespace {

using Item = std::variant<int, double, std::optional<std::string>>;

// A value whose codec writes most of it, then refuses to write the rest.
struct Unsendable {
  int value = 0;
};

// A type with a codec of its own.
struct Celsius {
  double degrees = 0;
};

}  // namespace

}  // namespace progeny::multiprocessing

template <>
struct progeny::serial::Codec<progeny::multiprocessing::Unsendable> {
  static void save(Writer& writer, const multiprocessing::Unsendable& value) {
    writer.write(value.value);
    throw std::domain_error("this stays here");
  }
  static multiprocessing::Unsendable load(Reader& reader) { return {reader.read<int>()}; }
};

template <>
struct progeny::serial::Codec<progeny::multiprocessing::Celsius> {
  static void save(Writer& writer, const multiprocessing::Celsius& value) {
    writer.write(value.degrees + 273.15);
  }
  static multiprocessing::Celsius load(Reader& reader) { return {reader.read<double>() - 273.15}; }
};

namespace progeny::multiprocessing {

namespace {

// Over pipes, handles are fetched from resource_sharer, which must leave nothing behind.
struct PipeObjects : testing::EveryPipe {
  void TearDown() override { EXPECT_TRUE(resource_sharer::stop(testing::very_long)); }
  std::pair<Connection, Connection> pipe = Pipe(GetParam());
  Connection& reader = pipe.first;
  Connection& writer = pipe.second;
};

INSTANTIATE_FOR_EVERY_PIPE(PipeObjects);

class DuplexPipeObjects : public testing::EveryPipe {};
INSTANTIATE_FOR_EVERY_DUPLEX_PIPE(DuplexPipeObjects);

// MP-150
TEST_P(DuplexPipeObjects, EchoesObjectsAndBytesThroughAChild) {
  auto [a, b] = Pipe(GetParam());
  testing::ForkedChild child([&b] {
    b.send(b.recv<std::vector<Item>>());
    b.send_bytes(b.recv_bytes());
    return 0;
  });
  const std::vector<Item> items{1, 2.25, std::nullopt};
  a.send(items);
  EXPECT_EQ(a.recv<std::vector<Item>>(), items);
  a.send_bytes("bytes");
  EXPECT_EQ(a.recv_bytes(), "bytes");
  EXPECT_EQ(child.wait(), 0);
}

// MP-151
TEST_P(DuplexPipeObjects, MayBeClosedByTheParentAtOnce) {
  auto [a, b] = Pipe(GetParam());
  testing::ForkedChild child([&a, &b] {
    a.close();
    b.send(b.recv<int>() + 1);
    return 0;
  });
  b.close();
  a.send(41);
  EXPECT_EQ(a.recv<int>(), 42);
  EXPECT_EQ(child.wait(), 0);
}

// MP-166
TEST_P(PipeObjects, StaysInStepWhenAValueCannotBeSent) {
  EXPECT_THROW(writer.send(Unsendable()), std::domain_error);
  writer.send(7);
  EXPECT_EQ(reader.recv<int>(), 7);
}

// MP-166
TEST_P(PipeObjects, StaysInStepWhenAValueCannotBeDecoded) {
  writer.send(std::string("text"));
  writer.send_bytes("no value of ours");
  writer.send_bytes("");
  writer.send(7);
  EXPECT_THROW(static_cast<void>(reader.recv<std::vector<double>>()), serial::DecodeError);
  EXPECT_THROW(static_cast<void>(reader.recv<int>()), RuntimeError);
  EXPECT_THROW(static_cast<void>(reader.recv<int>()), RuntimeError);
  EXPECT_EQ(reader.recv<int>(), 7);
}

// MP-182
TEST_P(PipeObjects, CarriesTypesWithTheirOwnCodec) {
  writer.send(std::vector<Celsius>{{20.5}});
  const auto received = reader.recv<std::vector<Celsius>>();
  ASSERT_EQ(received.size(), 1U);
  EXPECT_DOUBLE_EQ(received.front().degrees, 20.5);
}

TEST_P(PipeObjects, CarriesLargeObjects) {
  testing::ForkedChild child([this] {
    writer.send(testing::pattern(5000000));
    return 0;
  });
  EXPECT_TRUE(reader.recv<std::string>() == testing::pattern(5000000));
  EXPECT_EQ(child.wait(), 0);
}

// MP-015
TEST_P(PipeObjects, CarriesConnectionsToAnotherProcess) {
  allow_connection_pickling();
  allow_connection_pickling();
  auto [ready, go] = Pipe();
  testing::ForkedChild child([this, &ready] {
    static_cast<void>(ready.recv_bytes());
    auto received = reader.recv<Connection>();
    received.send_bytes("through what was sent");
    return !received.readable() && received.writable() ? 0 : 1;
  });
  // Made after the fork, so that the child cannot have inherited it.
  auto [later_reader, later_writer] = Pipe({.duplex = false, .shared = GetParam().shared});
  go.send_bytes("go");
  writer.send(later_writer);
  EXPECT_EQ(later_reader.recv_bytes(), "through what was sent");
  EXPECT_EQ(child.wait(), 0);
  later_writer.send_bytes("the sender keeps its own");
  EXPECT_EQ(later_reader.recv_bytes(), "the sender keeps its own");
}

// MP-181
TEST_P(PipeObjects, CarriesSeveralHandlesInOrder) {
  std::vector<Handle> sent;
  for (const char* text : {"zero", "one", "two"}) {
    const testing::MemoryFile file(text);
    sent.emplace_back(::dup(file.descriptor()));
  }
  writer.send(sent);
  const auto received = reader.recv<std::vector<Handle>>();
  ASSERT_EQ(received.size(), 3U);
  std::string text(4, '.');
  ASSERT_EQ(::pread(received[1].get(), text.data(), text.size(), 0), 3);
  EXPECT_EQ(text, "one.");
  for (const Handle& handle : received) {
    EXPECT_TRUE(testing::is_close_on_exec(handle.get()));
  }
}

TEST_P(PipeObjects, DropsHandlesThatComeWithBytes) {
  const testing::MemoryFile file("text");
  const std::size_t before = testing::open_descriptors();
  detail::ConnectionAccess::send_object(writer,
                                        {.bytes = "no value", .handles = {file.descriptor()}});
  EXPECT_FALSE(reader.recv_bytes().empty());
  EXPECT_TRUE(resource_sharer::stop(testing::very_long));
  EXPECT_TRUE(testing::eventually([before] { return testing::open_descriptors() == before; }));
}

// MP-181: no handle stays open if the value is of another type.
TEST_P(PipeObjects, ClosesTheHandlesOfAValueThatCannotBeDecoded) {
  const testing::MemoryFile file("text");
  const std::size_t before = testing::open_descriptors();
  detail::ConnectionAccess::send_object(
      writer, {.bytes = "no value", .handles = {file.descriptor(), file.descriptor()}});
  EXPECT_THROW(static_cast<void>(reader.recv<int>()), serial::DecodeError);
  EXPECT_TRUE(resource_sharer::stop(testing::very_long));
  EXPECT_TRUE(testing::eventually([before] { return testing::open_descriptors() == before; }));
}

TEST_P(DuplexPipeObjects, RefuseMoreHandlesThanOneMessageCanCarry) {
  auto [a, b] = Pipe(GetParam());
  const std::vector<native_handle> handles(254, a.fileno());
  EXPECT_THROW(detail::ConnectionAccess::send_object(a, {.bytes = "", .handles = handles}),
               ValueError);
  detail::ConnectionAccess::send_object(
      a, {.bytes = "", .handles = std::vector<native_handle>(253, a.fileno())});
  EXPECT_EQ(detail::ConnectionAccess::recv_object(b).handles.size(), 253U);
}

// MP-181
TEST_P(DuplexPipeObjects, LoseHandlesButNotTheStreamInAFullDescriptorTable) {
  auto [a, b] = Pipe(GetParam());
  const std::vector<native_handle> sent(20, a.fileno());
  const std::size_t before = testing::open_descriptors();
  detail::ConnectionAccess::send_object(a, {.bytes = "", .handles = sent});
  a.send(7);
  {
    const testing::ScopedLimit few(RLIMIT_NOFILE, before + 5);
    try {
      static_cast<void>(detail::ConnectionAccess::recv_object(b));
      FAIL() << "20 handles arrived where 5 have room";
    } catch (const OSError& error) {
      EXPECT_EQ(error.code(), std::errc::too_many_files_open);
    }
  }
  EXPECT_EQ(b.recv<int>(), 7);
  EXPECT_TRUE(testing::eventually([before] { return testing::open_descriptors() == before; }));
}

// MP-012
TEST(NetworkConnection, RefusesValuesWithHandlesAndCanBeUsedOn) {
  connection::Listener listener({"127.0.0.1", 0});
  Connection client = connection::Client(listener.address());
  Connection server = listener.accept();
  const auto [a, b] = Pipe();
  EXPECT_THROW(client.send(a), RuntimeError);
  client.send(7);
  EXPECT_EQ(server.recv<int>(), 7);
}

TEST_P(DuplexPipeObjects, CannotBeSentOnceTheyAreClosed) {
  auto [a, b] = Pipe(GetParam());
  auto [c, d] = Pipe(GetParam());
  c.close();
  EXPECT_THROW(a.send(c), OSError);
  a.send(7);
  EXPECT_EQ(b.recv<int>(), 7);
}

}  // namespace

}  // namespace progeny::multiprocessing
