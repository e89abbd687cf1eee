#include <progeny/multiprocessing/context.hpp>

#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/start/start_method.hpp"
#include "platform/process/fork.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace progeny::multiprocessing {

namespace detail {

namespace {

constexpr int no_method = -1;

// The method, once one is fixed. An atomic and no lock, so that a copy of the process can go on
// with it.
std::atomic<int> fixed_method{no_method};

StartMethod system_default() noexcept {
  return platform::can_fork() ? StartMethod::fork : StartMethod::spawn;
}

std::optional<StartMethod> fixed() noexcept {
  const int value = fixed_method.load();
  return value == no_method ? std::nullopt : std::optional(static_cast<StartMethod>(value));
}

}  // namespace

const char* name_of(StartMethod method) noexcept {
  switch (method) {
    case StartMethod::fork:
      return "fork";
    case StartMethod::spawn:
      return "spawn";
    case StartMethod::forkserver:
      break;
  }
  return "forkserver";
}

StartMethod method_of(std::string_view name) {
  for (const auto method : {StartMethod::fork, StartMethod::spawn, StartMethod::forkserver}) {
    if (name == name_of(method) && (method == StartMethod::spawn || platform::can_fork())) {
      return method;
    }
  }
  throw ValueError(fmt::format("cannot find context for '{}'", name));
}

StartMethod default_start_method() {
  int none = no_method;
  fixed_method.compare_exchange_strong(none, static_cast<int>(system_default()));
  return static_cast<StartMethod>(fixed_method.load());
}

void take_over_start_method(StartMethod method) noexcept {
  fixed_method.store(static_cast<int>(method));
}

}  // namespace detail

std::optional<std::string> Context::get_start_method(bool allow_none) const {
  return method_ ? detail::name_of(*method_) : multiprocessing::get_start_method(allow_none);
}

Context Context::get_context(std::optional<std::string_view> method) const {
  return method ? multiprocessing::get_context(method) : *this;
}

void Context::set_start_method(std::optional<std::string_view> method, bool force) const {
  if (method_) {
    throw ValueError("cannot set start method of concrete context");
  }
  multiprocessing::set_start_method(method, force);
}

void Context::bind(multiprocessing::Process& process) const {
  detail::bind_to_method(*detail::ProcessAccess::core(process), method_);
}

Context get_context(std::optional<std::string_view> method) {
  return Context(method ? std::optional(detail::method_of(*method)) : std::nullopt);
}

std::optional<std::string> get_start_method(bool allow_none) {
  if (!allow_none) {
    return detail::name_of(detail::default_start_method());
  }
  const auto method = detail::fixed();
  return method ? std::optional<std::string>(detail::name_of(*method)) : std::nullopt;
}

void set_start_method(std::optional<std::string_view> method, bool force) {
  if (!method && force) {
    detail::fixed_method.store(detail::no_method);
    return;
  }
  const auto chosen =
      static_cast<int>(method ? detail::method_of(*method) : detail::system_default());
  int none = detail::no_method;
  if (force) {
    detail::fixed_method.store(chosen);
  } else if (!detail::fixed_method.compare_exchange_strong(none, chosen)) {
    throw RuntimeError("context has already been set");
  }
}

std::vector<std::string> get_all_start_methods() {
  if (!platform::can_fork()) {
    return {"spawn"};
  }
  return {"fork", "spawn", "forkserver"};
}

}  // namespace progeny::multiprocessing
