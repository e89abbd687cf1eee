#include "platform/host/desktop.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace progeny::platform {

namespace {

TEST(Desktop, LeavesOpeningToAProgram) {
  EXPECT_FALSE(open_by_system("/no/such/document"));
  EXPECT_EQ(document_opener(), std::vector<std::string>{"xdg-open"});
}

TEST(Desktop, SaysWhatEachReturnCodeMeans) {
  EXPECT_EQ(document_opener_error(0), "");
  std::set<std::string> meanings;
  for (const int code : {1, 2, 3, 4}) {
    meanings.insert(document_opener_error(code));
  }
  EXPECT_EQ(meanings.size(), 4U);
  EXPECT_FALSE(meanings.contains(""));
  EXPECT_EQ(document_opener_error(-9), document_opener_error(1));
  EXPECT_NE(document_opener_error(2).find("does not exist"), std::string::npos);
}

}  // namespace

}  // namespace progeny::platform
