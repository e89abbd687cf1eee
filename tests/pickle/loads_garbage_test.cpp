// Bytes that are no pickle: each is refused with a sentence, nothing leaks and nothing breaks.

#include <progeny/pickle.hpp>

#include <gtest/gtest.h>

#include <string>

namespace progeny::pickle {

namespace {

using namespace std::string_literals;

std::string refusal_of(const std::string& text) {
  try {
    return "read as " + loads(text).repr();
  } catch (const UnpicklingError& error) {
    return error.what();
  }
}

TEST(PickleGarbage, IsRefusedWithTheByteAndTheReason) {
  EXPECT_EQ(refusal_of(""),
            "cannot read a pickle: at byte 0: 1 bytes are announced where 0 are left");
  EXPECT_EQ(refusal_of("\x80\x06N."s),
            "cannot read a pickle: at byte 0: protocol 6 is not supported, which is above 5");
  EXPECT_EQ(refusal_of("."),
            "cannot read a pickle: at byte 0: a value is wanted where there is none");
  EXPECT_EQ(refusal_of("X\xFF\xFF\xFF\xFF"
                       "a."s),
            "cannot read a pickle: at byte 0: 4294967295 bytes are announced where 2 are left");
  EXPECT_EQ(refusal_of("h\x05."s), "cannot read a pickle: at byte 0: the memo has no value 5");
  EXPECT_EQ(refusal_of("(N."), "cannot read a pickle: at byte 2: it ends with an open mark");
  EXPECT_EQ(refusal_of("NNa."),
            "cannot read a pickle: at byte 2: items are appended to a value of type None");
  EXPECT_EQ(refusal_of("}]Ns."), "cannot read a pickle: at byte 3: unhashable type: 'list'");
  EXPECT_EQ(refusal_of("X\x01\x00\x00\x00\xFF."s),
            "cannot read a pickle: at byte 0: a str is no UTF-8 from its byte 0 on");
  EXPECT_EQ(refusal_of("cx\xA3\nname\n."),
            "cannot read a pickle: at byte 0: the name of a class or function is no UTF-8");
  EXPECT_NE(refusal_of("P1\n.").find("there is no instruction 0x50"), std::string::npos);
}

TEST(PickleGarbage, NoInstructionReachesBelowAMark) {
  EXPECT_NE(refusal_of("](NNa.").find("cannot read"), std::string::npos);
  EXPECT_NE(refusal_of("N(\x85.").find("cannot read"), std::string::npos);
}

TEST(PickleGarbage, ANumberOfTheMemoTakesNoMemory) {
  EXPECT_EQ(refusal_of("Nr\xFF\xFF\xFF\xFF."s), "read as None");
}

}  // namespace

}  // namespace progeny::pickle
