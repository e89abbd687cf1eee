#include <progeny/multiprocessing/context.hpp>

#include "multiprocessing/process/process_core.hpp"
#include "multiprocessing/start/start_method.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/process.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing {

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
  const auto method = detail::fixed_start_method();
  return method ? std::optional<std::string>(detail::name_of(*method)) : std::nullopt;
}

void set_start_method(std::optional<std::string_view> method, bool force) {
  if (!method && force) {
    detail::force_start_method(std::nullopt);
    return;
  }
  const auto chosen = method ? detail::method_of(*method) : detail::all_start_methods().front();
  if (force) {
    detail::force_start_method(chosen);
  } else if (!detail::fix_start_method(chosen)) {
    throw RuntimeError("context has already been set");
  }
}

std::vector<std::string> get_all_start_methods() {
  std::vector<std::string> names;
  for (const auto method : detail::all_start_methods()) {
    names.emplace_back(detail::name_of(method));
  }
  return names;
}

}  // namespace progeny::multiprocessing
