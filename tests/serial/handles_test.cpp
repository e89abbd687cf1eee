#include "serial/round_trip.hpp"
#include "support/system/handle_facts.hpp"
#include "support/system/own_pipe.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/serial.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace {

using namespace progeny::testing;
using progeny::Handle;
namespace serial = progeny::serial;

struct Named {
  std::string name;
  Handle handle;
  Handle none;
};

TEST(Handles, AreListedBesideTheBytesAndStayTheSenders) {
  OwnPipe pipe;
  const Named named{"pipe", std::move(pipe.write_end), {}};
  const serial::Outgoing message = serial::encode(named);
  EXPECT_EQ(message.handles, std::vector{named.handle.get()});
  EXPECT_TRUE(is_open(named.handle.get()));
}

TEST(Handles, BelongToTheValueThatArrives) {
  OwnPipe pipe;
  Named named{"pipe", std::move(pipe.write_end), {}};
  const std::string bytes = serial::encode(named).bytes;
  serial::Incoming message{bytes, {}};
  message.handles.push_back(std::move(named.handle));
  const progeny::native_handle sent = message.handles.front().get();
  {
    const auto arrived = serial::decode<Named>(std::move(message));
    EXPECT_EQ(arrived.handle.get(), sent);
    EXPECT_FALSE(arrived.none);
    EXPECT_TRUE(is_open(sent));
  }
  EXPECT_FALSE(is_open(sent));
}

TEST(Handles, ThatTheValueDoesNotTakeAreClosed) {
  OwnPipe pipe;
  const progeny::native_handle sent = pipe.read_end.get();
  const std::string bytes = serial::to_bytes(1);
  serial::Incoming message{bytes, {}};
  message.handles.push_back(std::move(pipe.read_end));
  EXPECT_EQ(serial::decode<int>(std::move(message)), 1);
  EXPECT_FALSE(is_open(sent));
}

TEST(Handles, OfAMessageThatIsGarbageAreClosed) {
  OwnPipe pipe;
  const progeny::native_handle sent = pipe.read_end.get();
  const std::string bytes = serial::to_bytes(1);
  serial::Incoming message{std::string_view(bytes).substr(0, 6), {}};
  message.handles.push_back(std::move(pipe.read_end));
  EXPECT_THROW(static_cast<void>(serial::decode<int>(std::move(message))), serial::DecodeError);
  EXPECT_FALSE(is_open(sent));
}

TEST(Handles, CannotBecomeBytesAlone) {
  const OwnPipe pipe;
  EXPECT_THROW(static_cast<void>(serial::to_bytes(pipe.read_end)), progeny::RuntimeError);
  EXPECT_THROW(static_cast<void>(serial::encode(pipe.read_end, serial::Handles::refused)),
               progeny::RuntimeError);
}

TEST(Handles, OfAnotherNumberThanCameAreRefused) {
  EXPECT_EQ(decoding_error<Handle>(forged<Handle>(std::string("\x01\0\0\0", 4))),
            "handle 0 is asked for, and 0 came with the message");
}

TEST(Handles, CannotBeTakenTwice) {
  using Two = std::pair<Handle, Handle>;
  OwnPipe pipe;
  const std::string bytes = forged<Two>(std::string("\x01\0\0\0\x01\0\0\0", 8));
  serial::Incoming message{bytes, {}};
  message.handles.push_back(std::move(pipe.read_end));
  try {
    static_cast<void>(serial::decode<Two>(std::move(message)));
    FAIL() << "one handle was taken twice";
  } catch (const serial::DecodeError& error) {
    EXPECT_EQ(error.reason(), "handle 0 is asked for after it was taken");
  }
}

}  // namespace
