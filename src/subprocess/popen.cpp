#include <progeny/subprocess/popen.hpp>

#include "platform/system/signals.hpp"
#include "subprocess/launch/check_options.hpp"
#include "subprocess/process.hpp"
#include "subprocess/text/text.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <ostream>
#include <utility>

namespace progeny::subprocess {

// The indirection lets Popen's header know nothing of what it is made of.
struct Popen::Impl : detail::Process {
  using detail::Process::Process;
};

Popen::Popen(const Args& args, const Options& options) {
  detail::check_popen_only(options);
  impl_ = std::make_unique<Impl>(
      args,
      options,
      detail::Redirects{
          .std_in = options.std_in, .std_out = options.std_out, .std_err = options.std_err});
}

Popen::Popen(std::initializer_list<PathLike> args, const Options& options)
    : Popen(Args(args), options) {}

Popen::Popen(Popen&& other) noexcept = default;
Popen& Popen::operator=(Popen&& other) noexcept = default;
Popen::~Popen() = default;

Popen::Impl& Popen::impl() const {
  if (impl_ == nullptr) {
    throw UsageError("this Popen has been moved from: it stands for no child");
  }
  return *impl_;
}

std::optional<std::int64_t> Popen::poll() {
  return impl().poll();
}

std::int64_t Popen::wait(Timeout timeout, const std::stop_token& stop) {
  return impl().wait(timeout, stop);
}

Output Popen::communicate(BytesView input, Timeout timeout, const std::stop_token& stop) {
  impl().communicate(input, timeout, stop);
  return impl().output();
}

void Popen::send_signal(int signal) {
  impl().send_signal(signal);
}

void Popen::terminate() {
  impl().send_signal(platform::signal_terminate());
}

void Popen::kill() {
  impl().send_signal(platform::signal_kill());
}

void Popen::terminate_tree() {
  impl().terminate_tree();
}

void Popen::kill_tree() {
  impl().kill_tree();
}

std::int64_t Popen::stop(Timeout grace) {
  return impl().stop(grace);
}

void Popen::resize(const WindowSize& size) {
  impl().resize(size);
}

Stream& Popen::std_in() {
  return impl().std_in;
}

Stream& Popen::std_out() {
  return impl().std_out;
}

Stream& Popen::std_err() {
  return impl().std_err;
}

int Popen::pid() const {
  return impl().pid();
}

std::optional<std::int64_t> Popen::returncode() const {
  return impl().returncode();
}

std::optional<Ending> Popen::ending() const {
  return impl().ending();
}

native_handle Popen::sentinel() const {
  return impl().exit_handle();
}

const Args& Popen::args() const {
  return impl().args();
}

std::string Popen::repr() const {
  constexpr std::size_t longest = 80;
  constexpr std::string_view cut = "...>";
  const auto code = returncode();
  std::string text = fmt::format(
      "<Popen: returncode: {} args: {}>", code ? fmt::to_string(*code) : "None", args().repr());
  if (detail::count_characters(text) > longest) {
    text.replace(detail::prefix_of_characters(text, longest - cut.size()), std::string::npos, cut);
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, const Popen& popen) {
  return out << popen.repr();
}

}  // namespace progeny::subprocess
