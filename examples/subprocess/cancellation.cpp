// Stops a running program from another thread, by a std::stop_token.

#include <progeny/subprocess.hpp>

#include <iostream>
#include <stop_token>
#include <thread>

namespace sp = progeny::subprocess;

int main() {
  std::stop_source source;
  const std::jthread impatient([&source] { source.request_stop(); });
  try {
    sp::run({"sleep", "60"}, {.stop = source.get_token()});
  } catch (const sp::CancelledError& error) {
    std::cout << error.what() << '\n';
  }
}
