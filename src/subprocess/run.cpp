#include <progeny/subprocess/run.hpp>

#include "subprocess/process.hpp"

#include <progeny/base/errors.hpp>

#include <string>
#include <system_error>
#include <utility>

namespace progeny::subprocess {

namespace {

using detail::Process;
using detail::Redirects;

bool is_given(const Redirect& redirect) {
  return redirect.kind() != Redirect::Kind::inherit;
}

void refuse(bool condition, const char* sentence) {
  if (condition) {
    throw ValueError(sentence);
  }
}

Redirects redirects_of(const Options& options) {
  return {.std_in = options.std_in, .std_out = options.std_out, .std_err = options.std_err};
}

Redirects redirects_of_run(const Options& options) {
  Redirects redirects = redirects_of(options);
  if (options.input) {
    refuse(is_given(options.std_in), "std_in (stdin) and input arguments may not both be used");
    redirects.std_in = PIPE;
  }
  if (options.capture_output) {
    refuse(is_given(options.std_out) || is_given(options.std_err),
           "std_out and std_err arguments may not be used with capture_output");
    redirects.std_out = PIPE;
    redirects.std_err = PIPE;
  }
  return redirects;
}

// Calls `action`, and ends the child if it throws. A time-out says so if that was not possible.
template <class Action>
auto or_end(Process& process, const Action& action) {
  try {
    return action();
  } catch (const TimeoutExpired& error) {
    if (const std::error_code refused = process.end_after_failure()) {
      throw TimeoutExpired(error, "it may not be killed and still runs: " + refused.message());
    }
    throw;
  } catch (...) {
    static_cast<void>(process.end_after_failure());
    throw;
  }
}

CompletedProcess run_with(const Args& args, const Options& options, const Redirects& redirects) {
  Process process(args, options, redirects);
  or_end(process, [&] {
    process.communicate(
        options.input ? BytesView(*options.input) : BytesView(), options.timeout, options.stop);
  });
  Output output = process.take_output();
  CompletedProcess done{.args = args,
                        .returncode = process.returncode().value_or(0),
                        .std_out = std::move(output.std_out),
                        .std_err = std::move(output.std_err),
                        .is_text = process.is_text(),
                        .ending = process.ending().value_or(Ending())};
  if (options.check) {
    done.check_returncode();
  }
  return done;
}

}  // namespace

CompletedProcess run(const Args& args, const Options& options) {
  return run_with(args, options, redirects_of_run(options));
}

std::int64_t call(const Args& args, const Options& options) {
  refuse(options.input.has_value(), "input is for run() and check_output(), not for call()");
  refuse(options.capture_output, "capture_output is for run(), not for call()");
  refuse(options.check, "check is for run(): use check_call()");
  Process process(args, options, redirects_of(options));
  return or_end(process, [&] { return process.wait(options.timeout, options.stop); });
}

std::int64_t check_call(const Args& args, const Options& options) {
  const std::int64_t returncode = call(args, options);
  if (returncode != 0) {
    throw CalledProcessError(returncode, args);
  }
  return 0;
}

std::string check_output(const Args& args, const Options& options) {
  refuse(is_given(options.std_out), "std_out (stdout) argument not allowed, it is captured");
  refuse(options.capture_output, "capture_output argument not allowed, stdout is captured");
  refuse(options.check, "check argument not allowed, it is always done");
  Redirects redirects = redirects_of_run(options);
  redirects.std_out = PIPE;
  CompletedProcess done = run_with(args, options, redirects);
  done.check_returncode();
  return std::move(done.std_out).value_or("");
}

std::pair<std::int64_t, std::string> getstatusoutput(const std::string& cmd,
                                                     const GetOutputOptions& options) {
  const Options shell_options{
      .shell = true, .encoding = options.encoding, .errors = options.errors, .text = true};
  CompletedProcess done = run_with(cmd, shell_options, {.std_out = PIPE, .std_err = STDOUT});
  std::string text = std::move(done.std_out).value_or("");
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  return {done.returncode, std::move(text)};
}

std::string getoutput(const std::string& cmd, const GetOutputOptions& options) {
  return getstatusoutput(cmd, options).second;
}

}  // namespace progeny::subprocess
