#pragma once

// Tests of connections are written once, and run over every kind of pipe.

#include <progeny/multiprocessing/connection/connection.hpp>

#include <gtest/gtest.h>

#include <string>

namespace progeny::testing {

using multiprocessing::connection::PipeOptions;

/// All kinds, for tests that run over one after the other.
inline PipeOptions pipe_of_round(int round) {
  return {.duplex = round % 2 == 0, .shared = round % 4 >= 2};
}

inline std::string name_of_pipe(const ::testing::TestParamInfo<PipeOptions>& each) {
  const std::string direction = each.param.duplex ? "duplex" : "simplex";
  return each.param.shared ? "shared_" + direction : direction;
}

/// `second` sends, and `first` receives.
class EveryPipe : public ::testing::TestWithParam<PipeOptions> {};

/// `INSTANTIATE_FOR_EVERY_PIPE(PipeBytes);`
#define INSTANTIATE_FOR_EVERY_PIPE(suite)                                         \
  INSTANTIATE_TEST_SUITE_P(Pipes,                                                 \
                           suite,                                                 \
                           ::testing::Values(progeny::testing::pipe_of_round(0),  \
                                             progeny::testing::pipe_of_round(1),  \
                                             progeny::testing::pipe_of_round(2),  \
                                             progeny::testing::pipe_of_round(3)), \
                           progeny::testing::name_of_pipe)

/// The same for duplex pipes only.
#define INSTANTIATE_FOR_EVERY_DUPLEX_PIPE(suite)                                                 \
  INSTANTIATE_TEST_SUITE_P(                                                                      \
      Pipes,                                                                                     \
      suite,                                                                                     \
      ::testing::Values(progeny::testing::pipe_of_round(0), progeny::testing::pipe_of_round(2)), \
      progeny::testing::name_of_pipe)

}  // namespace progeny::testing
