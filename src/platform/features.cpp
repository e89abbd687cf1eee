#include "platform/features.hpp"

#include <array>
#include <cstdlib>
#include <string>

namespace progeny::platform {

namespace {

struct Switches {
  std::array<bool, 3> disabled{};
  std::string launch;
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): once, at first use.
  return value == nullptr ? std::string() : std::string(value);
}

Switches read_switches() {
  const std::string without = "," + variable("PROGENY_WITHOUT") + ",";
  const auto lists = [&without](std::string_view name) {
    return without.find("," + std::string(name) + ",") != std::string::npos;
  };
  return {.disabled = {lists("pidfd"), lists("close_range"), lists("nosignal_write")},
          .launch = variable("PROGENY_LAUNCH")};
}

const Switches& switches() {
  static const Switches read = read_switches();
  return read;
}

}  // namespace

bool is_disabled(Feature feature) noexcept {
  return switches().disabled[static_cast<std::size_t>(feature)];
}

std::string_view forced_launch() noexcept {
  return switches().launch;
}

}  // namespace progeny::platform
