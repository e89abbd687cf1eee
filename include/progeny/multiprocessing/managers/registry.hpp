#pragma once

// The types that a manager's server offers: classes of the program with the methods that clients
// may call. No macro is needed: methods are member pointers with names.
//
//     managers::Registry types;
//     types.register_type<Counter>("Counter", [](const managers::Arguments& from) {
//            return std::make_shared<Counter>(from.get<int>(0, "start", 0));
//          })
//         .method("incr", &Counter::incr)
//         .method("value", &Counter::value);

#include <progeny/export.hpp>
#include <progeny/multiprocessing/managers/arguments.hpp>
#include <progeny/pickle/value.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::managers {

namespace detail {
class Session;
class ServedObject;
}  // namespace detail

/// An object in a server. Copies are the same object.
using Served = std::shared_ptr<detail::ServedObject>;
/// Makes or finds the object that a client asks for. A server that returns an object again gives
/// out the same one.
using Factory = std::function<Served(const Arguments&)>;

/// What a call gives back: a value, or an object that stays in the server and is a proxy at the
/// client.
struct Reply {
  /// The value, if there is no object.
  pickle::Value value = {};
  /// The object.
  Served object = {};
  /// The name of the object's type.
  std::string typeid_name = {};
};

namespace detail {

/// What every object in a server does.
class PROGENY_EXPORT ServedObject {
 public:
  ServedObject() = default;
  ServedObject(const ServedObject&) = delete;
  ServedObject& operator=(const ServedObject&) = delete;
  virtual ~ServedObject() = default;

  /// The methods that clients may call.
  [[nodiscard]] virtual std::vector<std::string> exposed() const = 0;
  /// Calls one of them.
  virtual Reply call(std::string_view method, const Arguments& arguments, Session& session) = 0;
  /// What Python's `repr` says.
  [[nodiscard]] virtual std::string repr() = 0;
  /// A copy of the object.
  [[nodiscard]] virtual pickle::Value value();
  /// A client has gone.
  virtual void forget(Session& session) noexcept;
};

/// Calls `function(object, a, b, ...)` with arguments of the types it takes.
template <class Result, class Object, class Callable, class... Parameters>
[[nodiscard]] pickle::Value call_with(Object& object,
                                      const Callable& callable,
                                      const Arguments& arguments) {
  arguments.expect_at_most(sizeof...(Parameters));
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto name = [](std::size_t index) { return "argument " + std::to_string(index + 1); };
    if constexpr (std::is_void_v<Result>) {
      std::invoke(callable, object, arguments.get<std::remove_cvref_t<Parameters>>(I, name(I))...);
      return pickle::Value();
    } else {
      return pickle::from(std::invoke(
          callable, object, arguments.get<std::remove_cvref_t<Parameters>>(I, name(I))...));
    }
  }(std::index_sequence_for<Parameters...>{});
}

template <class T>
using Methods = std::map<std::string, std::function<Reply(T&, const Arguments&)>, std::less<>>;

/// An object of a user's class. Calls come one after the other.
template <class T>
class UserObject final : public ServedObject {
 public:
  UserObject(std::string name, std::shared_ptr<T> object, std::shared_ptr<const Methods<T>> methods)
      : name_(std::move(name)), object_(std::move(object)), methods_(std::move(methods)) {}

  [[nodiscard]] std::vector<std::string> exposed() const override {
    std::vector<std::string> names;
    for (const auto& entry : *methods_) {
      names.push_back(entry.first);
    }
    return names;
  }
  Reply call(std::string_view method, const Arguments& arguments, Session& /*session*/) override {
    const std::scoped_lock lock(mutex_);
    return methods_->find(method)->second(*object_, arguments);
  }
  [[nodiscard]] std::string repr() override { return "<" + name_ + " object of C++>"; }

 private:
  std::string name_;
  std::shared_ptr<T> object_;
  std::shared_ptr<const Methods<T>> methods_;
  std::mutex mutex_;  // Held while a method runs.
};

}  // namespace detail

/// The methods of one registered class.
template <class T>
class TypeMethods {
 public:
  /// For `Registry`.
  explicit TypeMethods(std::shared_ptr<detail::Methods<T>> methods)
      : methods_(std::move(methods)) {}

  /// Clients may call this method, whose parameters and result are types of `pickle::to` and
  /// `pickle::from`.
  template <class Result, class... Parameters>
  TypeMethods& method(const std::string& name, Result (T::*function)(Parameters...)) {
    return add(name, [function](T& object, const Arguments& arguments) {
      return Reply{.value = detail::call_with<Result, T, decltype(function), Parameters...>(
                       object, function, arguments)};
    });
  }
  /// The same for a const method.
  template <class Result, class... Parameters>
  TypeMethods& method(const std::string& name, Result (T::*function)(Parameters...) const) {
    return add(name, [function](T& object, const Arguments& arguments) {
      return Reply{.value = detail::call_with<Result, T, decltype(function), Parameters...>(
                       object, function, arguments)};
    });
  }
  /// The same for a function that takes the object and all arguments as they came. It returns a
  /// `pickle::Value` or a `Reply`.
  template <std::invocable<T&, const Arguments&> Callable>
  TypeMethods& method(const std::string& name, Callable function) {
    return add(name, [function = std::move(function)](T& object, const Arguments& arguments) {
      if constexpr (std::same_as<std::invoke_result_t<Callable&, T&, const Arguments&>, Reply>) {
        return function(object, arguments);
      } else {
        return Reply{.value = function(object, arguments)};
      }
    });
  }

 private:
  TypeMethods& add(const std::string& name, std::function<Reply(T&, const Arguments&)> function) {
    (*methods_)[name] = std::move(function);
    return *this;
  }

  std::shared_ptr<detail::Methods<T>> methods_;
};

/// Types by their names.
///
/// - Python: `BaseManager.register`.
class PROGENY_EXPORT Registry {
 public:
  /// Objects of a class of the program. `factory(arguments)` returns a `std::shared_ptr<T>`. Calls
  /// on one object come one after the other. Add methods to what this returns.
  template <class T, class Make>
    requires std::convertible_to<std::invoke_result_t<Make&, const Arguments&>, std::shared_ptr<T>>
  TypeMethods<T> register_type(const std::string& name, Make factory) {
    auto methods = std::make_shared<detail::Methods<T>>();
    register_factory(
        name, [name, methods, factory = std::move(factory)](const Arguments& arguments) {
          return std::make_shared<detail::UserObject<T>>(name, factory(arguments), methods);
        });
    return TypeMethods<T>(methods);
  }
  /// Objects that `factory` makes or finds.
  void register_factory(const std::string& name, Factory factory);
  /// One object, which every client that asks for the name gets.
  void register_object(const std::string& name, Served object);
  /// The types of `SyncManager`.
  void register_standard_types();

  /// The factory of a type; null if there is none.
  [[nodiscard]] const Factory* find(std::string_view name) const;

 private:
  std::map<std::string, Factory, std::less<>> factories_;
};

/// A managed dict of these items.
[[nodiscard]] PROGENY_EXPORT Served make_dict(std::vector<pickle::Value::Pair> items = {});
/// A managed list of these items.
[[nodiscard]] PROGENY_EXPORT Served make_list(std::vector<pickle::Value> items = {});
/// A managed queue for `maxsize` items, or any number for 0.
[[nodiscard]] PROGENY_EXPORT Served make_queue(std::int64_t maxsize = 0);
/// An iterator over these items, as the reply of a method.
[[nodiscard]] PROGENY_EXPORT Reply make_iterator(std::vector<pickle::Value> items);

}  // namespace progeny::multiprocessing::managers
