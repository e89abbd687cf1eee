#pragma once

// Stands for an object in a manager's server.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/connection/address.hpp>
#include <progeny/multiprocessing/managers/errors.hpp>
#include <progeny/pickle/convert.hpp>
#include <progeny/pickle/types.hpp>
#include <progeny/pickle/value.hpp>

#include <concepts>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::managers {

namespace detail {
class Link;
struct Referent;

/// An argument as a value: what is one, what becomes one, and what `pickle::from` takes.
template <class T>
[[nodiscard]] pickle::Value argument(const T& value) {
  if constexpr (std::convertible_to<const T&, pickle::Value>) {
    return value;
  } else {
    return pickle::from(value);
  }
}

}  // namespace detail

/// Stands for an object of any type in a server, which may be Python's.
///
/// Copies share one reference to the object, which the last copy gives back. Each thread has a
/// connection of its own to each server, so a call that waits holds up nobody else.
///
/// - Python: `BaseProxy`, `AutoProxy`.
/// - Throws: every call throws the exception of the method under the type of the same name
///   (`KeyError`, `IndexError`, `ValueError`, `Empty`, ...); `RemoteError` for an exception that
///   C++ does not have, and for a failure outside of the method; `OSError` or `EOFError` if the
///   server is gone.
/// - Blocks: until the server answers.
/// - Threads: safe. In a forked child the proxy connects anew and takes a reference of its own.
/// - Example: examples/multiprocessing/manager.cpp
class PROGENY_EXPORT BaseProxy {
 public:
  /// For the library: `create` of a manager returns proxies.
  explicit BaseProxy(std::shared_ptr<detail::Referent> referent) noexcept;

  /// Calls a method by its name. Arguments are what `pickle::from` takes, and proxies.
  template <class... Args>
  pickle::Value call(std::string_view method, const Args&... args) const {
    return call_with(method, std::vector<pickle::Value>{detail::argument(args)...});
  }
  /// The same, and returns the result as a `T`: `counter.call_as<int>("incr", 2)`.
  /// - Throws: `TypeError` or `OverflowError` if the result is no `T`.
  template <pickle::Unpicklable T, class... Args>
  T call_as(std::string_view method, const Args&... args) const {
    return pickle::to<T>(call(method, args...));
  }
  /// Calls a method by its name with positional and keyword arguments.
  /// - Throws: `TypeError` if the method returns a proxy.
  pickle::Value call_with(std::string_view method,
                          std::vector<pickle::Value> args,
                          std::vector<pickle::Value::Pair> kwds = {}) const;
  /// Calls a method that returns a proxy.
  /// - Throws: `TypeError` if it returns a value.
  [[nodiscard]] BaseProxy call_for_proxy(std::string_view method,
                                         std::vector<pickle::Value> args = {},
                                         std::vector<pickle::Value::Pair> kwds = {}) const;

  /// The object's number in its server.
  [[nodiscard]] const std::string& id() const noexcept;
  /// The name of its type.
  [[nodiscard]] const std::string& typeid_name() const noexcept;
  /// The methods that may be called, as the server said.
  [[nodiscard]] const std::vector<std::string>& exposed() const noexcept;
  /// A copy of the object.
  /// - Python: `_getvalue`.
  [[nodiscard]] pickle::Value getvalue() const;
  /// What the object says of itself in the server.
  /// - Python: `str(proxy)`.
  [[nodiscard]] std::string str() const;

  /// The proxy as a value, to be put into other managed objects: the object is kept alive there.
  /// - Python: `RebuildProxy`.
  // NOLINTNEXTLINE(google-explicit-constructor): an argument like any other.
  operator pickle::Value() const;
  /// The proxy that a value stands for, of an object in the same server or in another one with the
  /// same key.
  /// - Throws: `TypeError` if the value is no proxy.
  [[nodiscard]] BaseProxy rebuild(const pickle::Value& value) const;

  /// Whether both stand for the same object.
  friend bool operator==(const BaseProxy& left, const BaseProxy& right) noexcept {
    return left.is_same(right);
  }

 private:
  [[nodiscard]] bool is_same(const BaseProxy& other) const noexcept;

  std::shared_ptr<detail::Referent> referent_;
};

/// Python's repr: `<DictProxy object, typeid 'dict' at 7f>`.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const BaseProxy& proxy);
/// Prints `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const BaseProxy& proxy);

}  // namespace progeny::multiprocessing::managers
