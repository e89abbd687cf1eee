#include "contest/scale.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace bench {

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

constexpr Scale quick{.rounds = 7,
                      .turn = std::chrono::milliseconds(20),
                      .captured = 256 * mebibyte,
                      .exchanged = 64 * mebibyte};

constexpr Scale smoke{.rounds = 1,
                      .turn = std::chrono::milliseconds(1),
                      .held = 16 * mebibyte,
                      .captured = mebibyte,
                      .exchanged = mebibyte};

}  // namespace

Scale parse_scale(int argc, char** argv) {
  Scale scale;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument != "--quick" && argument != "--smoke") {
      fmt::print(stderr, "usage: {} [--quick | --smoke]\n", argv[0]);
      std::exit(2);
    }
    scale = argument == "--quick" ? quick : smoke;
  }
  return scale;
}

}  // namespace bench
