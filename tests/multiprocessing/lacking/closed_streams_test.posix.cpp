#include "multiprocessing/lacking/whole_library.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using progeny::testing::complaints_of_whole_library;

// E. A daemon, or `./x <&-`: every descriptor of the library is above the standard streams, and
// everything works.
class ClosedStreams : public ::testing::TestWithParam<unsigned> {};

TEST_P(ClosedStreams, StayClosedWhateverTheLibraryMakes) {
  EXPECT_EQ(complaints_of_whole_library({"", std::to_string(GetParam())}), "");
}

INSTANTIATE_TEST_SUITE_P(Bits, ClosedStreams, ::testing::Range(0U, 8U));

}  // namespace
