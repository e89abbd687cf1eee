// Two processes meet at an address, and prove to each other that they know the same key. Either
// side may as well be Python: run listener.py, which is the same program.

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <string>

namespace mp = progeny::multiprocessing;

namespace {

void greet(const std::string& path) {
  auto server = mp::connection::Client(path, {.authkey = "secret"});
  server.send_bytes("hello");
  std::cout << "the server said: " << server.recv_bytes() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  mp::connection::Listener listener({.authkey = "secret"});
  mp::Process client(greet, listener.address().path());
  client.start();
  auto connection = listener.accept();
  std::cout << "the client said: " << connection.recv_bytes() << '\n' << std::flush;
  connection.send_bytes("welcome");
  client.join();
}
