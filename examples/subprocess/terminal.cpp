// Gives a child a terminal of its own, and types into it.

#include <progeny/subprocess.hpp>

#include <iostream>

namespace sp = progeny::subprocess;

int main() {
  const sp::Args look({"sh", "-c", "test -t 0 && stty size || echo no terminal"});
  std::cout << sp::run(look, {.std_in = sp::DEVNULL, .std_out = sp::PIPE, .text = true})
                   .std_out.value_or("");
  std::cout << sp::run(look,
                       {.std_in = sp::PTY,
                        .std_out = sp::PTY,
                        .text = true,
                        .pty_size = {.rows = 30, .columns = 100}})
                   .std_out.value_or("");

  sp::Popen p({"sh", "-c", "echo Name?; read name; echo Hello, $name; exec sleep 60"},
              {.bufsize = 1, .std_in = sp::PTY, .std_out = sp::PTY, .text = true});
  std::cout << p.std_out().readline();
  p.std_in().write("progeny\n");
  std::cout << p.std_out().readline();  // The terminal shows what is typed.
  std::cout << p.std_out().readline();
  p.std_in().write("\x03\n");  // Ctrl-C.
  std::cout << p.wait() << '\n';
}
