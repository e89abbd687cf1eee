#include "platform/system/signals.hpp"

#include <csignal>
#include <cstring>

namespace progeny::platform {

std::string signal_name(int signal) {
  // sigabbrev_np(3), glibc 2.32: async-signal-safe and untranslated, unlike strsignal(3).
  const char* abbreviation = ::sigabbrev_np(signal);
  if (abbreviation != nullptr && signal != 0) {
    return std::string("SIG") + abbreviation;
  }
  if (signal == SIGRTMIN) {
    return "SIGRTMIN";
  }
  return signal == SIGRTMAX ? "SIGRTMAX" : "";
}

bool is_sendable(int /*signal*/) noexcept {
  return true;
}

int signal_terminate() noexcept {
  return SIGTERM;
}

int signal_kill() noexcept {
  return SIGKILL;
}

int signal_continue() noexcept {
  return SIGCONT;
}

int signal_interrupt() noexcept {
  return SIGINT;
}

namespace {

struct sigaction interrupt_before{};  // What SIGINT did before `ignore_interrupt`.
struct sigaction child_before{};      // What SIGCHLD did before `keep_ended_children`.

}  // namespace

void ignore_interrupt() noexcept {
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGINT, &ignore, &interrupt_before);
}

void accept_interrupt() noexcept {
  ::sigaction(SIGINT, &interrupt_before, nullptr);
}

void keep_ended_children() noexcept {
  struct sigaction usual{};
  usual.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &usual, &child_before);
}

void reap_as_before() noexcept {
  ::sigaction(SIGCHLD, &child_before, nullptr);
}

}  // namespace progeny::platform
