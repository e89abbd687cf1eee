// A C++ program asks a Python program: objects go both ways, and Python needs nothing installed.

#include <progeny/multiprocessing.hpp>
#include <progeny/multiprocessing/connection/pickle_connection.hpp>
#include <progeny/subprocess.hpp>

#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace mp = progeny::multiprocessing;
namespace sp = progeny::subprocess;

namespace {

constexpr auto script = R"(
import statistics, sys
from multiprocessing.connection import Client

with Client(sys.argv[1], authkey=b'secret') as cpp:
    for numbers in iter(cpp.recv, None):
        cpp.send({'mean': statistics.mean(numbers), 'median': statistics.median(numbers)})
)";

}  // namespace

int main() {
  mp::connection::Listener listener({.authkey = "secret"});
  sp::Popen python({"python3", "-c", script, listener.address().path()});
  mp::connection::PickleConnection peer(listener.accept());
  for (const std::vector<double>& numbers : {std::vector<double>{1, 2, 9}, {2.5, 3.5}}) {
    peer.send(numbers);
    for (const auto& [name, value] : peer.recv<std::map<std::string, double>>()) {
      std::cout << name << ' ' << value << '\n';
    }
  }
  peer.send(nullptr);
  return python.wait() == 0 ? 0 : 1;
}
