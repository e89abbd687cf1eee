#include "platform/system/features.hpp"

#include "base/made_early.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

namespace progeny::platform {

namespace {

// Plain memory: a launch reads it at a point where it must not allocate.
struct Switches {
  std::array<bool, 4> disabled{};
  std::array<char, 16> launch{};  // No back end has a longer name, so a longer one may be cut.
  std::size_t launch_size = 0;
};

std::string_view variable(const char* name) noexcept {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): once, at first use.
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool lists(std::string_view items, std::string_view wanted) noexcept {
  for (;;) {
    const std::size_t comma = items.find(',');
    if (items.substr(0, comma) == wanted) {
      return true;
    }
    if (comma == std::string_view::npos) {
      return false;
    }
    items.remove_prefix(comma + 1);
  }
}

Switches read_switches() noexcept {
  const std::string_view without = variable("PROGENY_WITHOUT");
  const std::string_view launch = variable("PROGENY_LAUNCH");
  Switches read{.disabled = {lists(without, "pidfd"),
                             lists(without, "close_range"),
                             lists(without, "nosignal_write"),
                             lists(without, "futex_waitv")}};
  read.launch_size = std::min(launch.size(), read.launch.size());
  std::ranges::copy(launch.substr(0, read.launch_size), read.launch.begin());
  return read;
}

const Switches& switches() noexcept {
  static const Switches read = read_switches();
  return read;
}

const progeny::detail::MadeEarly early(switches);

}  // namespace

bool is_disabled(Feature feature) noexcept {
  return switches().disabled[static_cast<std::size_t>(feature)];
}

std::string_view forced_launch() noexcept {
  return {switches().launch.data(), switches().launch_size};
}

}  // namespace progeny::platform
