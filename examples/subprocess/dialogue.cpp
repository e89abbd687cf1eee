// Talks to a child: writes it a line, reads its answer, and so on, until its input is closed.

#include <progeny/subprocess.hpp>

#include <iostream>

namespace sp = progeny::subprocess;

int main() {
  sp::Popen p({"sed", "--unbuffered", "s/^/you said: /"},
              {.bufsize = 1, .std_in = sp::PIPE, .std_out = sp::PIPE, .text = true});
  for (const char* line : {"hello\n", "goodbye\n"}) {
    p.std_in().write(line);  // bufsize 1: a line is sent when it is complete.
    std::cout << p.std_out().readline();
  }
  p.std_in().close();
  std::cout << p.wait() << '\n';
}
