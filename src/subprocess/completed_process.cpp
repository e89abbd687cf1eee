#include <progeny/subprocess/completed_process.hpp>

#include "base/repr.hpp"
#include "platform/system/is_windows.hpp"
#include "platform/system/signals.hpp"

#include <progeny/subprocess/errors.hpp>

#include <fmt/format.h>

#include <ostream>

namespace progeny::subprocess {

namespace {

std::string repr_of(const std::string& output, bool is_text) {
  return is_text ? progeny::detail::repr_text(output) : progeny::detail::repr_bytes(output);
}

}  // namespace

std::optional<int> Ending::signal() const noexcept {
  const bool by_signal = !platform::is_windows() && returncode < 0;
  return by_signal ? std::optional(static_cast<int>(-returncode)) : std::nullopt;
}

std::string Ending::signal_name() const {
  const auto number = signal();
  return number ? platform::signal_name(*number) : std::string();
}

void CompletedProcess::check_returncode() const {
  if (returncode != 0) {
    throw CalledProcessError(returncode, args, std_out, std_err);
  }
}

std::string CompletedProcess::repr() const {
  std::string text =
      fmt::format("CompletedProcess(args={}, returncode={}", args.repr(), returncode);
  if (std_out) {
    text += ", stdout=" + repr_of(*std_out, is_text);
  }
  if (std_err) {
    text += ", stderr=" + repr_of(*std_err, is_text);
  }
  return text + ")";
}

std::ostream& operator<<(std::ostream& out, const CompletedProcess& done) {
  return out << done.repr();
}

}  // namespace progeny::subprocess
