#include "oracle_case.hpp"

#include <progeny/os.hpp>
#include <progeny/subprocess.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>

namespace progeny::testing {

namespace {

namespace sp = progeny::subprocess;

using Setter = std::function<void(sp::Options&, const std::string&)>;

sp::Redirect redirect_of(const std::string& text) {
  static const std::map<std::string, sp::Special> special = {
      {"PIPE", sp::PIPE}, {"STDOUT", sp::STDOUT}, {"DEVNULL", sp::DEVNULL}};
  const auto found = special.find(text);
  return found != special.end() ? sp::Redirect(found->second) : sp::Redirect(std::stoi(text));
}

sp::Account account_of(const std::string& text) {
  const bool is_number = text.find_first_not_of("-0123456789") == std::string::npos;
  return is_number ? sp::Account(std::stoll(text)) : sp::Account(text);
}

Environment environment_of(const std::string& text) {
  Environment environment;
  std::istringstream variables(text);
  for (std::string variable; std::getline(variables, variable, variable_separator);) {
    const std::size_t middle = variable.find(value_separator);
    environment.set(variable.substr(0, middle), variable.substr(middle + 1));
  }
  return environment;
}

Setter flag(bool sp::Options::* member) {
  return [member](sp::Options& options, const std::string& text) { options.*member = text == "1"; };
}

Setter number(int sp::Options::* member) {
  return [member](sp::Options& options, const std::string& text) {
    options.*member = std::stoi(text);
  };
}

// For the members that take the text as it is.
template <class Member>
Setter string(Member sp::Options::* member) {
  return [member](sp::Options& options, const std::string& text) { options.*member = text; };
}

Setter redirect(sp::Redirect sp::Options::* member) {
  return [member](sp::Options& options, const std::string& text) {
    options.*member = redirect_of(text);
  };
}

Setter account(std::optional<sp::Account> sp::Options::* member) {
  return [member](sp::Options& options, const std::string& text) {
    options.*member = account_of(text);
  };
}

void set_timeout(sp::Options& options, const std::string& text) {
  options.timeout = std::chrono::duration<double>(std::stod(text));
}

const std::map<std::string, Setter>& setters() {
  using sp::Options;
  static const std::map<std::string, Setter> table = {
      {"bufsize", number(&Options::bufsize)},
      {"capture_output", flag(&Options::capture_output)},
      {"check", flag(&Options::check)},
      {"close_fds", flag(&Options::close_fds)},
      {"creationflags",
       [](Options& options, const std::string& text) {
         options.creationflags = static_cast<unsigned>(std::stoul(text));
       }},
      {"cwd", string(&Options::cwd)},
      {"encoding", string(&Options::encoding)},
      {"env",
       [](Options& options, const std::string& text) { options.env = environment_of(text); }},
      {"errors", string(&Options::errors)},
      {"executable", string(&Options::executable)},
      {"group", account(&Options::group)},
      {"input", string(&Options::input)},
      {"pass_fds",
       [](Options& options, const std::string& text) { options.pass_fds = {std::stoi(text)}; }},
      {"process_group",
       [](Options& options, const std::string& text) { options.process_group = std::stoi(text); }},
      {"shell", flag(&Options::shell)},
      {"start_new_session", flag(&Options::start_new_session)},
      {"std_err", redirect(&Options::std_err)},
      {"std_in", redirect(&Options::std_in)},
      {"std_out", redirect(&Options::std_out)},
      {"text", [](Options& options, const std::string& text) { options.text = text == "1"; }},
      {"timeout", set_timeout},
      {"umask", number(&Options::umask)},
      {"user", account(&Options::user)},
  };
  return table;
}

sp::Options options_of(const OracleCase& oracle_case) {
  sp::Options options;
  for (const auto& [name, value] : oracle_case.options) {
    setters().at(name)(options, value);
  }
  return options;
}

std::string as_hex(const std::optional<std::string>& data) {
  if (!data) {
    return "-";
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex = "'";
  for (const char byte : *data) {
    hex += digits[static_cast<unsigned char>(byte) >> 4U];
    hex += digits[static_cast<unsigned char>(byte) & 15U];
  }
  return hex + "'";
}

template <class Returncode>
std::string ended(const Returncode& returncode,
                  const std::optional<std::string>& output = {},
                  const std::optional<std::string>& error = {}) {
  std::ostringstream text;
  text << "returncode " << returncode << " stdout " << as_hex(output) << " stderr "
       << as_hex(error);
  return text.str();
}

std::string communicate(const sp::Args& args, sp::Options options) {
  const std::string input = options.input.value_or("");
  options.input.reset();
  options.at_scope_exit = sp::AtScopeExit::wait;
  sp::Popen child(args, options);
  const sp::Output output = child.communicate(input);
  const auto returncode = child.returncode();
  return returncode ? ended(*returncode, output.std_out, output.std_err) : "no returncode";
}

std::string readlines(const sp::Args& args, const sp::Options& options) {
  sp::Popen child(args, options);
  std::string joined;
  for (const std::string& line : child.std_out().readlines()) {
    joined += (joined.empty() ? "" : "|") + line;
  }
  return ended(child.wait(), joined);
}

std::string run_program(const sp::Args& args, const sp::Options& options) {
  const sp::CompletedProcess done = sp::run(args, options);
  return ended(done.returncode, done.std_out, done.std_err);
}

std::string getstatusoutput(const std::string& command) {
  const auto [status, output] = sp::getstatusoutput(command);
  return ended(status, output);
}

std::string popen(const std::string& command) {
  os::CommandFile file = os::popen(command);
  const std::string output = file.read();
  return ended(file.close().value_or(0), output);
}

sp::Args args_of(const OracleCase& oracle_case) {
  return oracle_case.is_string ? sp::Args(oracle_case.args.front()) : sp::Args(oracle_case.args);
}

std::string call_function(const OracleCase& oracle_case) {
  const sp::Args args = args_of(oracle_case);
  const sp::Options options = options_of(oracle_case);
  const std::map<std::string, std::function<std::string()>> functions = {
      {"run", [&] { return run_program(args, options); }},
      {"call", [&] { return ended(sp::call(args, options)); }},
      {"check_call", [&] { return ended(sp::check_call(args, options)); }},
      {"check_output", [&] { return ended(0, sp::check_output(args, options)); }},
      {"communicate", [&] { return communicate(args, options); }},
      {"readlines", [&] { return readlines(args, options); }},
      {"getstatusoutput", [&] { return getstatusoutput(args.items().front()); }},
      {"getoutput", [&] { return ended(0, sp::getoutput(args.items().front())); }},
      {"system", [&] { return ended(os::system(args.items().front())); }},
      {"popen", [&] { return popen(args.items().front()); }},
  };
  return functions.at(oracle_case.function)();
}

std::string timed_out(const sp::TimeoutExpired& error) {
  std::ostringstream text;
  text << "TimeoutExpired " << seconds_text(error.timeout()) << ' '
       << ended('-', error.std_out(), error.std_err());
  return text.str();
}

}  // namespace

std::string answer(const OracleCase& oracle_case) {
  try {
    return call_function(oracle_case);
  } catch (const sp::CalledProcessError& error) {
    return "CalledProcessError " + ended(error.returncode(), error.std_out(), error.std_err());
  } catch (const sp::TimeoutExpired& error) {
    return timed_out(error);
  } catch (const sp::SubprocessError&) {
    return "SubprocessError";
  } catch (const OSError& error) {
    return "OSError " + std::to_string(error.code().value()) + " filename " +
           as_hex(error.filename());
  } catch (const UnicodeDecodeError&) {
    return "UnicodeDecodeError";
  } catch (const UnicodeEncodeError&) {
    return "UnicodeEncodeError";
  } catch (const ValueError&) {
    return "ValueError";
  } catch (const LookupError&) {
    return "LookupError";
  }
}

}  // namespace progeny::testing
