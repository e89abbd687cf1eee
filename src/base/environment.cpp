#include <progeny/base/environment.hpp>

#include <progeny/base/errors.hpp>

#include <algorithm>

namespace progeny {

namespace {

template <class Variables>
auto find(Variables& variables, std::string_view name) {
  return std::find_if(variables.begin(), variables.end(), [name](const auto& variable) {
    return variable.first == name;
  });
}

}  // namespace

Environment::Environment(std::initializer_list<value_type> variables)
    : Environment(variables.begin(), variables.end()) {}

Environment Environment::inherited() {
  Environment environment;
  environment.inherited_ = true;
  return environment;
}

void Environment::set(std::string_view name, std::string_view value) {
  if (inherited_) {
    throw UsageError("Environment::inherited() cannot be changed: start from os::environment()");
  }
  const auto place = find(variables_, name);
  if (place == variables_.end()) {
    variables_.emplace_back(name, value);
  } else {
    place->second = value;
  }
}

void Environment::erase(std::string_view name) {
  const auto place = find(variables_, name);
  if (place != variables_.end()) {
    variables_.erase(place);
  }
}

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto place = find(variables_, name);
  if (place == variables_.end()) {
    return std::nullopt;
  }
  return place->second;
}

}  // namespace progeny
