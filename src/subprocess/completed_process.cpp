#include <progeny/subprocess/completed_process.hpp>

#include "base/repr.hpp"

#include <progeny/subprocess/errors.hpp>

#include <fmt/format.h>

#include <ostream>

namespace progeny::subprocess {

namespace {

std::string repr_of(const std::string& output, bool is_text) {
  return is_text ? progeny::detail::repr_text(output) : progeny::detail::repr_bytes(output);
}

}  // namespace

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
