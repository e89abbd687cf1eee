// Boost.Process, version 1 of its interface. Its `limit_handles` closes the other descriptors, but
// in 1.81 also the child's end of a redirection, so it takes part only where there is none.

#include "peers/peer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/process.hpp>

#include <future>
#include <iterator>
#include <string>

namespace bench {

namespace {

namespace bp = boost::process;

void launch(const std::string& program) {
  bp::child child(program, bp::limit_handles);
  child.wait();
  require_success(child.exit_code());
}

std::string echo() {
  bp::ipstream output;
  bp::child child("/bin/echo", "hi", bp::std_out > output);
  std::string text(std::istreambuf_iterator<char>(output), {});
  child.wait();
  require_success(child.exit_code());
  return text;
}

std::size_t capture(const Flood& flood) {
  boost::asio::io_context context;
  std::future<std::string> output;
  bp::child child(flood.program, std::to_string(flood.bytes), bp::std_out > output, context);
  context.run();
  child.wait();
  require_success(child.exit_code());
  return output.get().size();
}

std::size_t cat(std::string_view input) {
  boost::asio::io_context context;
  std::future<std::string> output;
  bp::child child("/bin/cat",
                  bp::std_in<boost::asio::buffer(input.data(), input.size()), bp::std_out> output,
                  context);
  context.run();
  child.wait();
  require_success(child.exit_code());
  return output.get().size();
}

const Announce announce{
    {.name = "boost-v1", .launch = launch, .echo = echo, .capture = capture, .cat = cat}};

}  // namespace

}  // namespace bench
