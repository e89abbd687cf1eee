#pragma once

// Objects of a server whose methods stand in a table.

#include "multiprocessing/managers/session.hpp"
#include "multiprocessing/managers/standard_types.hpp"

#include <progeny/multiprocessing/managers/errors.hpp>
#include <progeny/multiprocessing/managers/registry.hpp>

#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::managers::detail {

/// One method of `Object`.
template <class Object>
struct Method {
  std::string_view name;
  Reply (Object::*function)(const Arguments& arguments, Session& session);
};

/// An object whose `methods()` is a span of `Method<Derived>`.
template <class Derived>
class TableObject : public ServedObject {
 public:
  [[nodiscard]] std::vector<std::string> exposed() const override {
    std::vector<std::string> names;
    for (const Method<Derived>& method : Derived::methods()) {
      names.emplace_back(method.name);
    }
    return names;
  }
  Reply call(std::string_view name, const Arguments& arguments, Session& session) override {
    for (const Method<Derived>& method : Derived::methods()) {
      if (method.name == name) {
        return (static_cast<Derived&>(*this).*method.function)(arguments, session);
      }
    }
    throw AttributeError(std::string(name));
  }
};

}  // namespace progeny::multiprocessing::managers::detail
