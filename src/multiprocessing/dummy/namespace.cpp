#include <progeny/multiprocessing/dummy/manager.hpp>

#include <fmt/format.h>

namespace progeny::multiprocessing::dummy {

void Namespace::remove(const std::string& name) {
  if (attributes_->erase(name) == 0) {
    throw KeyError(fmt::format("the namespace has no attribute \"{}\"", name));
  }
}

void* Namespace::find(const std::string& name,
                      const std::type_info& type,
                      std::string_view wanted) const {
  const auto found = attributes_->find(name);
  if (found == attributes_->end()) {
    throw KeyError(fmt::format("the namespace has no attribute \"{}\"", name));
  }
  if (*found->second.type != type) {
    throw TypeError(fmt::format("attribute \"{}\" is no {}", name, wanted));
  }
  return found->second.object.get();
}

}  // namespace progeny::multiprocessing::dummy
