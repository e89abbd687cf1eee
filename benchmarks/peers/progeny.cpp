// progeny, as its documentation says to use it: all defaults, so descriptors are closed.

#include "peers/peer.hpp"
#include "peers/progeny_processes.hpp"

#include <progeny/subprocess.hpp>

#include <string>

namespace bench {

namespace {

namespace sp = progeny::subprocess;

void launch(const std::string& program) {
  sp::Popen child({program});
  require_success(child.wait());
}

std::string echo() {
  return *sp::run({"/bin/echo", "hi"}, {.check = true, .std_out = sp::PIPE}).std_out;
}

std::size_t capture(const Flood& flood) {
  const auto done =
      sp::run({flood.program, std::to_string(flood.bytes)}, {.check = true, .std_out = sp::PIPE});
  return done.std_out->size();
}

std::size_t stream(const Flood& flood) {
  std::size_t seen = 0;
  sp::run({flood.program, std::to_string(flood.bytes)},
          {.check = true, .std_out = sp::PIPE, .on_std_out = [&seen](std::string_view block) {
             seen += block.size();
           }});
  return seen;
}

std::size_t cat(std::string_view input) {
  sp::Popen child({"/bin/cat"}, {.std_in = sp::PIPE, .std_out = sp::PIPE});
  return child.communicate(input).std_out->size();
}

void start_process(const std::string& /*folder*/) {
  run_process("spawn");
}

const Announce announce{{.name = "progeny",
                         .launch = launch,
                         .echo = echo,
                         .capture = capture,
                         .stream = stream,
                         .cat = cat,
                         .process = run_process,
                         .startup = start_process,
                         .talk = talk_over_pipe,
                         .post = post_by_queue,
                         .crowd = crowd_at_queue,
                         .disturb = disturb_by_queue,
                         .sync = synchronize,
                         .wake = synchronize}};

}  // namespace

}  // namespace bench
