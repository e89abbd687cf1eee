// Poco: Process::launch and Pipe.

#include "peers/peer.hpp"

#include <Poco/Pipe.h>
#include <Poco/PipeStream.h>
#include <Poco/Process.h>
#include <Poco/StreamCopier.h>

#include <string>
#include <vector>

namespace bench {

namespace {

void launch(const std::string& program) {
  require_success(Poco::Process::launch(program, {}).wait());
}

std::string run_to_string(const std::string& program, const std::vector<std::string>& arguments) {
  Poco::Pipe pipe;
  const Poco::ProcessHandle child =
      Poco::Process::launch(program, arguments, nullptr, &pipe, nullptr);
  Poco::PipeInputStream stream(pipe);
  std::string text;
  Poco::StreamCopier::copyToString(stream, text);
  require_success(child.wait());
  return text;
}

std::string echo() {
  return run_to_string("/bin/echo", {"hi"});
}

std::size_t capture(const Flood& flood) {
  return run_to_string(flood.program, {std::to_string(flood.bytes)}).size();
}

const Announce announce{{.name = "poco", .launch = launch, .echo = echo, .capture = capture}};

}  // namespace

}  // namespace bench
