#pragma once

// Proxies of a manager's lists, dicts, namespaces, values and arrays.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/managers/proxy.hpp>
#include <progeny/pickle/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::managers {

/// Gives the items of an iterator in a server.
/// - Python: `IteratorProxy`.
class PROGENY_EXPORT IteratorProxy : public BaseProxy {
 public:
  /// From any proxy of an iterator.
  explicit IteratorProxy(BaseProxy proxy) noexcept : BaseProxy(std::move(proxy)) {}

  /// The next item; nothing at the end.
  /// - Python: `__next__`. Differs: it raises `StopIteration` there.
  [[nodiscard]] std::optional<pickle::Value> next() const;
};

/// A managed list. Slices are `pickle::Value::reduce(pickle::Value::global("builtins", "slice"),
/// {start, stop, step})` for `call("__getitem__", ...)`.
/// - Python: `ListProxy`. Differs: `insert` and `pop` take no keyword arguments.
class PROGENY_EXPORT ListProxy : public BaseProxy {
 public:
  /// From any proxy of a list.
  explicit ListProxy(BaseProxy proxy) noexcept : BaseProxy(std::move(proxy)) {}

  /// The number of items.
  /// - Python: `len`.
  [[nodiscard]] std::size_t size() const;
  /// The item at `index`; negative ones count from the end.
  /// - Throws: `IndexError` outside.
  [[nodiscard]] pickle::Value at(std::int64_t index) const;
  /// The same.
  [[nodiscard]] pickle::Value operator[](std::int64_t index) const { return at(index); }
  /// Replaces an item.
  /// - Throws: `IndexError` outside.
  void set(std::int64_t index, const pickle::Value& value) const;
  /// Removes an item.
  /// - Python: `del list[index]`.
  void erase(std::int64_t index) const;
  /// The items from `start` to before `stop`, clipped to the list.
  [[nodiscard]] std::vector<pickle::Value> slice(std::int64_t start, std::int64_t stop) const;
  /// Adds an item at the end.
  void append(const pickle::Value& value) const;
  /// Adds items at the end.
  void extend(std::vector<pickle::Value> values) const;
  /// Adds an item before `index`.
  void insert(std::int64_t index, const pickle::Value& value) const;
  /// Removes and returns an item.
  /// - Throws: `IndexError` outside.
  pickle::Value pop(std::int64_t index = -1) const;
  /// Removes the first item that is equal.
  /// - Throws: `ValueError` if there is none.
  void remove(const pickle::Value& value) const;
  /// Where the first equal item is.
  /// - Throws: `ValueError` if there is none.
  [[nodiscard]] std::int64_t index(const pickle::Value& value) const;
  /// How many items are equal.
  [[nodiscard]] std::int64_t count(const pickle::Value& value) const;
  /// Whether an item is equal.
  [[nodiscard]] bool contains(const pickle::Value& value) const;
  /// Sorts in place.
  /// - Throws: `TypeError` for items that have no order.
  void sort(bool reverse = false) const;
  /// Reverses in place.
  void reverse() const;
  /// A copy of the items.
  /// - Python: `list[:]`.
  [[nodiscard]] std::vector<pickle::Value> copy() const;
};

/// A managed dict.
/// - Python: `DictProxy`.
class PROGENY_EXPORT DictProxy : public BaseProxy {
 public:
  /// From any proxy of a dict.
  explicit DictProxy(BaseProxy proxy) noexcept : BaseProxy(std::move(proxy)) {}

  /// The number of keys.
  /// - Python: `len`.
  [[nodiscard]] std::size_t size() const;
  /// The value of a key.
  /// - Throws: `KeyError` if it is not there.
  [[nodiscard]] pickle::Value at(const pickle::Value& key) const;
  /// The same.
  [[nodiscard]] pickle::Value operator[](const pickle::Value& key) const { return at(key); }
  /// The value of a key, or `otherwise`.
  [[nodiscard]] pickle::Value get(const pickle::Value& key,
                                  const pickle::Value& otherwise = {}) const;
  /// Sets the value of a key.
  void set(const pickle::Value& key, const pickle::Value& value) const;
  /// Removes a key.
  /// - Throws: `KeyError` if it is not there.
  void erase(const pickle::Value& key) const;
  /// Whether the key is there.
  /// - Python: `in`.
  [[nodiscard]] bool contains(const pickle::Value& key) const;
  /// Removes a key and returns its value.
  /// - Throws: `KeyError` if it is not there.
  pickle::Value pop(const pickle::Value& key) const;
  /// The same, or `otherwise`.
  pickle::Value pop(const pickle::Value& key, const pickle::Value& otherwise) const;
  /// Removes and returns the last item.
  /// - Throws: `KeyError` if there is none.
  pickle::Value::Pair popitem() const;
  /// The value of a key, which is `otherwise` from now on if it was not there.
  pickle::Value setdefault(const pickle::Value& key, const pickle::Value& otherwise = {}) const;
  /// Sets many.
  void update(std::vector<pickle::Value::Pair> items) const;
  /// Removes all.
  void clear() const;
  /// The keys in the order of their insertion.
  [[nodiscard]] std::vector<pickle::Value> keys() const;
  /// The values.
  [[nodiscard]] std::vector<pickle::Value> values() const;
  /// Both.
  [[nodiscard]] std::vector<pickle::Value::Pair> items() const;
  /// An iterator over the keys, in the server.
  /// - Python: `iter`.
  [[nodiscard]] IteratorProxy iter() const;
};

/// Attributes with names.
/// - Python: `NamespaceProxy`. Differs: attributes are read and set by functions.
class PROGENY_EXPORT NamespaceProxy : public BaseProxy {
 public:
  /// From any proxy of a namespace.
  explicit NamespaceProxy(BaseProxy proxy) noexcept : BaseProxy(std::move(proxy)) {}

  /// The value of an attribute.
  /// - Throws: `AttributeError` if there is none of this name.
  [[nodiscard]] pickle::Value get(std::string_view name) const;
  /// Sets an attribute.
  void set(std::string_view name, const pickle::Value& value) const;
  /// Removes an attribute.
  /// - Throws: `AttributeError` if there is none of this name.
  void erase(std::string_view name) const;
};

/// One value.
/// - Python: `ValueProxy`.
class PROGENY_EXPORT ValueProxy : public BaseProxy {
 public:
  /// From any proxy of a value.
  explicit ValueProxy(BaseProxy proxy) noexcept : BaseProxy(std::move(proxy)) {}

  /// The value.
  [[nodiscard]] pickle::Value get() const;
  /// Sets it.
  void set(const pickle::Value& value) const;
};

/// Numbers of one type.
/// - Python: `ArrayProxy`.
class PROGENY_EXPORT ArrayProxy : public BaseProxy {
 public:
  /// From any proxy of an array.
  explicit ArrayProxy(BaseProxy proxy) noexcept : BaseProxy(std::move(proxy)) {}

  /// The number of items.
  [[nodiscard]] std::size_t size() const;
  /// An item.
  /// - Throws: `IndexError` outside.
  [[nodiscard]] pickle::Value at(std::int64_t index) const;
  /// The same.
  [[nodiscard]] pickle::Value operator[](std::int64_t index) const { return at(index); }
  /// Replaces an item.
  /// - Throws: `IndexError` outside, `TypeError` for what does not fit the array's type.
  void set(std::int64_t index, const pickle::Value& value) const;
};

}  // namespace progeny::multiprocessing::managers
