#pragma once

// What a library must not change behind its host's back.

#include "support/system/process_facts.posix.hpp"

#include <bit>
#include <clocale>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace progeny::testing {

/// A snapshot that can be compared.
struct HostState {
  std::map<int, std::string> actions;  ///< By signal.
  std::string blocked;
  std::filesystem::path folder;
  mode_t umask = 0;
  std::string locale;
  std::vector<std::string> environment;

  bool operator==(const HostState&) const = default;
};

inline mode_t current_umask() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

/// The state now.
[[nodiscard]] inline HostState host_state() {
  HostState state;
  for (int signal = 1; signal <= SIGRTMAX; ++signal) {
    struct sigaction action{};
    if (::sigaction(signal, nullptr, &action) == 0) {
      const auto handler = std::bit_cast<std::uintptr_t>(action.sa_handler);
      // Set by the C library whenever it sets an action, as system(3) does to restore one.
      constexpr int restorer = 0x04000000;
      state.actions[signal] =
          std::to_string(handler) + " " + std::to_string(action.sa_flags & ~restorer);
    }
  }
  state.blocked = status_line("SigBlk");
  state.folder = std::filesystem::current_path();
  state.umask = current_umask();
  // NOLINTNEXTLINE(concurrency-mt-unsafe): only asks.
  state.locale = std::setlocale(LC_ALL, nullptr);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    state.environment.emplace_back(*variable);
  }
  return state;
}

}  // namespace progeny::testing
