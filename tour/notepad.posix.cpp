// Plays notepad.exe where there is none: a program that waits until its window is closed, which
// here is the signal SIGTERM.

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

int main() {
  sigset_t closing;
  sigemptyset(&closing);
  sigaddset(&closing, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &closing, nullptr);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread.
  const char* windows = std::getenv("PROGENY_TOUR_WINDOWS");
  if (windows == nullptr) {
    return 1;
  }
  const auto note = std::filesystem::path(windows) / std::to_string(::getpid());
  {
    const std::ofstream open(note);
  }
  ::alarm(300);  // In case the tour is gone and closes nothing.
  int signal = 0;
  ::sigwait(&closing, &signal);
  std::filesystem::remove(note);
  return 0;
}
