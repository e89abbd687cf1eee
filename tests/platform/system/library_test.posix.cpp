// Libraries that are loaded at their first use.

#include "platform/system/library.hpp"

#include <progeny/base/errors.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using progeny::OSError;
using progeny::platform::Library;
using progeny::platform::LoadedOnce;

int times_made = 0;

/// A function of a library that every program has at hand.
struct LibM {
  LibM() { ++times_made; }

  Library library{"libm.so.6"};
  double (*cosine)(double) = library["cos"];
};

/// Cannot be loaded at first.
struct Late {
  Late() {
    if (++attempts == 1) {
      throw std::runtime_error("not yet");
    }
  }
  static inline int attempts = 0;
};

TEST(Library, HasFunctions) {
  LoadedOnce<LibM> libm;
  EXPECT_EQ(libm.get().cosine(0), 1);
}

TEST(Library, IsLoadedOnceByAllThreads) {
  times_made = 0;
  LoadedOnce<LibM> libm;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&libm] { EXPECT_EQ(libm.get().cosine(0), 1); });
    }
  }
  EXPECT_EQ(times_made, 1);
}

TEST(Library, IsTriedAgainAfterAFailure) {
  LoadedOnce<Late> late;
  EXPECT_THROW(static_cast<void>(late.get()), std::runtime_error);
  EXPECT_NO_THROW(static_cast<void>(late.get()));
  EXPECT_NO_THROW(static_cast<void>(late.get()));
  EXPECT_EQ(Late::attempts, 2);
}

TEST(Library, ThatIsMissingIsNamedWithTheCall) {
  try {
    const Library library("libprogeny_of_nobody.so.7");
    FAIL() << "it was loaded";
  } catch (const OSError& error) {
    EXPECT_EQ(error.call(), "dlopen");
    EXPECT_EQ(error.filename(), "libprogeny_of_nobody.so.7");
    EXPECT_STREQ(error.what(),
                 "dlopen \"libprogeny_of_nobody.so.7\": Can not access a needed shared library");
  }
}

TEST(Library, WithoutTheFunctionSaysWhich) {
  const Library library("libm.so.6");
  try {
    static_cast<void>(library["cosine_of_nobody"]);
    FAIL() << "it was found";
  } catch (const OSError& error) {
    EXPECT_EQ(error.call(), "dlsym");
    EXPECT_EQ(error.filename(), "cosine_of_nobody");
  }
}

}  // namespace
