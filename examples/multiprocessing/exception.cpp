// An exception of another process is thrown in this one, with the stack where it was first thrown.

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <stdexcept>
#include <string>

namespace mp = progeny::multiprocessing;
namespace serial = progeny::serial;

namespace {

class OutOfPaper : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Exceptions of the standard and of progeny are known already.
const bool is_known = serial::register_exception<OutOfPaper>("OutOfPaper");

void print(const std::string& tray) {
  throw OutOfPaper("no paper in the " + tray + " tray");
}

void try_to_print(mp::Connection& connection, const std::string& tray) {
  if (const auto failure = serial::run_and_capture([&] { print(tray); })) {
    connection.send(serial::encode_exception(*failure));
  }
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  auto [ours, theirs] = mp::Pipe();
  mp::Process printing(try_to_print, std::move(theirs), "upper");
  printing.start();
  try {
    serial::rethrow(ours.recv<std::string>());
  } catch (const OutOfPaper& error) {
    std::cout << "OutOfPaper: " << error.what() << '\n';
    if (serial::remote_traceback(error)) {
      std::cout << "It tells where in the other process it comes from.\n";
    }
  }
  printing.join();
}
