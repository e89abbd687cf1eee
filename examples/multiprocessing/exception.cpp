// An exception of another process is thrown in this one, and tells where it comes from.

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <stdexcept>
#include <string>

namespace mp = progeny::multiprocessing;
namespace serial = progeny::serial;

namespace {

int parse(const std::string& text) {
  return std::stoi(text);  // Throws std::invalid_argument for what is no number.
}

// Sends what came of it: nothing if all went well.
void try_to_parse(mp::Connection& connection, const std::string& text) {
  const auto failure = serial::run_and_capture([&] { parse(text); });
  connection.send(failure ? serial::encode_exception(*failure) : std::string());
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  auto [ours, theirs] = mp::Pipe();
  mp::Process parsing(try_to_parse, std::move(theirs), "seven");
  parsing.start();
  try {
    if (const auto failure = ours.recv<std::string>(); !failure.empty()) {
      serial::rethrow(failure);
    }
  } catch (const std::invalid_argument& error) {
    std::cout << "std::invalid_argument: " << error.what() << '\n';
    const auto traceback = serial::remote_traceback(error);
    const bool knows_place = traceback && traceback->pid() == parsing.pid();
    std::cout << (knows_place ? "thrown by the other process\n" : "thrown by nobody\n");
  }
  parsing.join();
}
