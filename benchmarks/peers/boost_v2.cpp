// Boost.Process, version 2 of its interface, with its default launcher: fork(2), which closes
// the other descriptors.

#include "peers/peer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/asio/write.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>

#include <array>
#include <string>
#include <vector>

namespace bench {

namespace {

namespace asio = boost::asio;
namespace bp = boost::process::v2;

// As in a program that lives from it: one for each thread, kept.
asio::io_context& context() {
  thread_local asio::io_context kept;
  return kept;
}

void launch(const std::string& program) {
  bp::process child(context(), program, std::vector<std::string>{});
  require_success(child.wait());
}

std::string run_to_string(const std::string& program, const std::vector<std::string>& arguments) {
  asio::readable_pipe output(context());
  bp::process child(context(), program, arguments, bp::process_stdio{{}, output, {}});
  std::string text;
  boost::system::error_code end_of_file;
  asio::read(output, asio::dynamic_buffer(text), end_of_file);
  require_success(child.wait());
  return text;
}

std::string echo() {
  return run_to_string("/bin/echo", {"hi"});
}

std::size_t capture(const Flood& flood) {
  return run_to_string(flood.program, {std::to_string(flood.bytes)}).size();
}

std::size_t stream(const Flood& flood) {
  asio::readable_pipe output(context());
  bp::process child(context(),
                    flood.program,
                    std::vector<std::string>{std::to_string(flood.bytes)},
                    bp::process_stdio{{}, output, {}});
  static std::array<char, 64 * 1024> block;
  std::size_t seen = 0;
  boost::system::error_code end_of_file;
  while (!end_of_file) {
    seen += output.read_some(asio::buffer(block), end_of_file);
  }
  require_success(child.wait());
  return seen;
}

std::size_t cat(std::string_view input) {
  asio::io_context own;
  asio::writable_pipe to_child(own);
  asio::readable_pipe from_child(own);
  bp::process child(
      own, "/bin/cat", std::vector<std::string>{}, bp::process_stdio{to_child, from_child, {}});
  std::string output;
  const auto on_sent = [&](boost::system::error_code, std::size_t) { to_child.close(); };
  asio::async_write(to_child, asio::buffer(input.data(), input.size()), on_sent);
  asio::async_read(
      from_child, asio::dynamic_buffer(output), [](boost::system::error_code, std::size_t) {});
  own.run();
  require_success(child.wait());
  return output.size();
}

const Announce announce{{.name = "boost-v2",
                         .launch = launch,
                         .echo = echo,
                         .capture = capture,
                         .stream = stream,
                         .cat = cat}};

}  // namespace

}  // namespace bench
