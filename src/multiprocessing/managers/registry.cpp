#include <progeny/multiprocessing/managers/registry.hpp>

#include "multiprocessing/managers/standard_types.hpp"

#include <array>
#include <utility>

namespace progeny::multiprocessing::managers {

namespace detail {

pickle::Value ServedObject::value() {
  throw TypeError("the object is no value that can be copied");
}

void ServedObject::forget(Session& /*session*/) noexcept {}

}  // namespace detail

void Registry::register_factory(const std::string& name, Factory factory) {
  if (!factory) {
    throw TypeError("the factory of the type '" + name + "' is empty");
  }
  factories_.insert_or_assign(name, std::move(factory));
}

void Registry::register_object(const std::string& name, Served object) {
  register_factory(name, [object = std::move(object)](const Arguments& arguments) {
    arguments.expect_at_most(0);
    return object;
  });
}

void Registry::register_standard_types() {
  using Row = std::pair<const char*, Served (*)(const Arguments&)>;
  constexpr std::array<Row, 14> rows{{
      {"list", detail::list_from},
      {"dict", detail::dict_from},
      {"Namespace", detail::namespace_from},
      {"Value", detail::value_from},
      {"Array", detail::array_from},
      {"Queue", detail::queue_from},
      {"JoinableQueue", detail::queue_from},
      {"Lock", detail::lock_from},
      {"RLock", detail::rlock_from},
      {"Semaphore", detail::semaphore_from},
      {"BoundedSemaphore", detail::bounded_semaphore_from},
      {"Condition", detail::condition_from},
      {"Event", detail::event_from},
      {"Barrier", detail::barrier_from},
  }};
  for (const auto& [name, factory] : rows) {
    register_factory(name, factory);
  }
}

const Factory* Registry::find(std::string_view name) const {
  const auto found = factories_.find(name);
  return found == factories_.end() ? nullptr : &found->second;
}

}  // namespace progeny::multiprocessing::managers
