#pragma once

// What a manager gives to threads: plain objects. Python's `multiprocessing.dummy.Manager`.

#include <progeny/base/errors.hpp>
#include <progeny/export.hpp>
#include <progeny/serial/type_name.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::dummy {

/// An object with attributes that are chosen at run time. Copies are the same object.
///
/// - Python: `multiprocessing.dummy.Namespace`.
/// - Threads: one thread at a time, as in Python.
class PROGENY_EXPORT Namespace {
 public:
  /// Without attributes.
  Namespace() : attributes_(std::make_shared<Attributes>()) {}

  /// Sets an attribute.
  template <class T>
  void set(const std::string& name, T value) {
    (*attributes_)[name] = {std::make_shared<T>(std::move(value)), &typeid(T)};
  }
  /// An attribute, to read and to change.
  /// - Throws: `KeyError` if it is not there, `TypeError` if it is of another type.
  template <class T>
  [[nodiscard]] T& get(const std::string& name) const {
    return *static_cast<T*>(find(name, typeid(T), serial::type_name<T>));
  }
  /// Whether there is such an attribute.
  [[nodiscard]] bool has(const std::string& name) const { return attributes_->contains(name); }
  /// Removes an attribute.
  /// - Throws: `KeyError` if it is not there.
  void remove(const std::string& name);

 private:
  struct Attribute {
    std::shared_ptr<void> object = {};
    const std::type_info* type = nullptr;
  };
  using Attributes = std::map<std::string, Attribute>;

  [[nodiscard]] void* find(const std::string& name,
                           const std::type_info& type,
                           std::string_view wanted) const;

  std::shared_ptr<Attributes> attributes_;
};

/// A value that threads share. Copies are the same value. Not locked, as in Python.
/// - Python: `multiprocessing.dummy.Value`.
template <class T>
class Value {
 public:
  /// With this value.
  explicit Value(T value = {}) : value_(std::make_shared<T>(std::move(value))) {}
  /// The value, to read and to change.
  [[nodiscard]] T& value() const noexcept { return *value_; }
  /// The same.
  [[nodiscard]] T& operator*() const noexcept { return *value_; }

 private:
  std::shared_ptr<T> value_;
};

/// Values of one type.
/// - Python: `multiprocessing.dummy.Array`, an `array.array`.
template <class T>
using Array = std::vector<T>;

/// Makes plain objects of this process.
/// - Python: `multiprocessing.dummy.Manager`.
class Manager {
 public:
  /// An empty list.
  template <class T>
  [[nodiscard]] std::vector<T> list() const {
    return {};
  }
  /// An empty dict.
  template <class Key, class T>
  [[nodiscard]] std::map<Key, T> dict() const {
    return {};
  }
  /// An object with attributes.
  [[nodiscard]] dummy::Namespace Namespace() const { return {}; }
  /// A value.
  template <class T>
  [[nodiscard]] dummy::Value<T> Value(T value) const {
    return dummy::Value<T>(std::move(value));
  }
  /// `size` values.
  template <class T>
  [[nodiscard]] dummy::Array<T> Array(std::size_t size) const {
    return dummy::Array<T>(size);
  }
  /// Does nothing.
  void shutdown() noexcept {}
};

}  // namespace progeny::multiprocessing::dummy
