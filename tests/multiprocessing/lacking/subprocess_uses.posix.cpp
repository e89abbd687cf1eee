#include "multiprocessing/lacking/uses.hpp"
#include "support/children/child_args.hpp"
#include "support/system/process_facts.hpp"
#include "support/system/temp_dir.hpp"

#include <progeny/os.hpp>
#include <progeny/subprocess.hpp>

#include <chrono>
#include <csignal>
#include <stop_token>
#include <string>
#include <system_error>

namespace progeny::testing {

using namespace std::chrono_literals;
namespace sp = progeny::subprocess;

void use_run() {
  const auto done =
      sp::run(child("echo_to_both"), {.input = std::string(300'000, 'x'), .capture_output = true});
  require(done.returncode == 0 && done.std_out->size() == 300'000, "run");
  try {
    sp::run(child("pause_until_killed"), {.timeout = 50ms});
    require(false, "no time-out");
  } catch (const sp::TimeoutExpired&) {
  }
  require(sp::call(child("exit_with", "7"), {.preexec_fn = [] {}}) == 7, "preexec_fn");
  try {
    sp::run({"/no/such/program"});
    require(false, "a program that is not there");
  } catch (const progeny::OSError& error) {
    require(error.code() == std::errc::no_such_file_or_directory, "ENOENT");
  }
}

void use_popen() {
  sp::Popen p(child("pause_until_killed"), all_pipes());
  look();
  require(!p.poll(), "poll");
  p.kill();
  require(p.wait(very_long) == -SIGKILL, "wait after kill");
  sp::Popen talk(child("echo_to_both"), all_pipes());
  require(talk.communicate("pear", very_long).std_out == "pear", "communicate");
  std::stop_source stop;
  sp::Popen cancelled(child("pause_until_killed"), {.at_scope_exit = sp::AtScopeExit::kill});
  stop.request_stop();
  try {
    cancelled.wait({}, stop.get_token());
    require(false, "not cancelled");
  } catch (const sp::CancelledError&) {
  }
  sp::Popen group(child("pause_until_killed"),
                  {.start_new_session = true, .at_scope_exit = sp::AtScopeExit::terminate});
  look();
}

void use_redirections() {
  const TempDir folder;
  const auto path = folder.path() / "out";
  const auto done =
      sp::call(child("echo_to_both"),
               {.std_in = sp::DEVNULL, .std_out = sp::write_to(path), .std_err = sp::DEVNULL});
  require(done == 0, "redirections");
  sp::Popen p(child("print_descriptors"),
              {.std_in = sp::DEVNULL, .std_out = sp::PIPE, .std_err = sp::DEVNULL});
  require(p.communicate().std_out == "0 1 2", "descriptors of the child");
  sp::Popen terminal(child("exit_with", "3"), all_terminal());
  look();
  terminal.communicate();
  require(terminal.wait(very_long) == 3, "terminal");
}

void use_released_popen() {
  {
    const sp::Popen released(child("exit_with", "0"));
  }
  look();
}

void use_os() {
  require(os::system("exit 3") == 3 << 8, "system");
  auto file = os::popen("echo pear");
  look();
  require(file.read() == "pear\n", "popen");
  require(!os::environment().get("PATH").value_or("").empty(), "environment");
}

}  // namespace progeny::testing
