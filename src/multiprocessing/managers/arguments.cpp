#include <progeny/multiprocessing/managers/arguments.hpp>

namespace progeny::multiprocessing::managers {

const pickle::Value* Arguments::find(std::size_t position, std::string_view name) const {
  if (position < args_.size()) {
    return &args_[position];
  }
  for (const pickle::Value::Pair& pair : kwds_) {
    if (pair.first.as_text() == name) {
      return &pair.second;
    }
  }
  return nullptr;
}

void Arguments::expect_at_most(std::size_t count) const {
  const std::size_t given = args_.size() + kwds_.size();
  if (given > count) {
    throw TypeError("the method takes at most " + std::to_string(count) + " arguments, but " +
                    std::to_string(given) + " were given");
  }
}

void Arguments::throw_missing(std::string_view name) {
  throw TypeError("the argument '" + std::string(name) + "' is missing");
}

}  // namespace progeny::multiprocessing::managers
