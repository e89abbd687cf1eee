#pragma once

// A value that several processes share: Python's `multiprocessing.Value` and `RawValue`. For arrays
// see <progeny/multiprocessing/sharedctypes/array.hpp>.

#include <progeny/multiprocessing/detail/block_reference.hpp>
#include <progeny/multiprocessing/detail/locked_reference.hpp>
#include <progeny/multiprocessing/detail/shared_type.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace progeny::multiprocessing::sharedctypes {

/// Keyword arguments of `Value` and `Array`.
template <detail::SharedLock L>
struct LockOptions {
  /// The lock to use. Default: a new one. `RawValue` and `RawArray` replace Python's `lock=False`.
  std::optional<L> lock = {};
};

/// A value in shared memory, without a lock. An access costs what a memory access costs, and the
/// caller must synchronise the processes.
///
/// Objects are references, as in Python. A copy is the same value, even in another process that
/// received it as an argument of `Process` or over a local connection. The memory has no name. It
/// is reused once no process refers to the value any more. If a process is killed while it refers
/// to the value, the memory stays in use until the process that made it ends.
///
/// `T` is any trivially copyable type except a pointer. `*v` is the value itself. It is aligned for
/// `T` and to at least 16 bytes, so that `std::atomic_ref(*v)` works.
///
/// - Python: `multiprocessing.sharedctypes.RawValue`. Differs: types are those of C++;
///   `typecode<'i'>` names the one that Python calls `'i'`. Storing a fraction as a whole number
///   does not compile; whole numbers wrap.
/// - Threads: as a plain variable.
/// - Platforms: Linux.
/// - Example: examples/multiprocessing/value_array.cpp
template <detail::SharedType T>
class RawValue {
 public:
  /// Makes a value whose bytes are all zero.
  /// - Throws: `OSError` if memory runs out.
  RawValue() : block_(1, detail::BlockReference::layout_of<T>) {}
  /// Makes a value with the content `initial`.
  /// - Throws: `OSError` if memory runs out.
  template <detail::StorableIn<T> U>
  explicit RawValue(const U& initial) : RawValue() {
    set_value(initial);
  }
  /// Makes a struct from its fields in order. The remaining fields are zero.
  /// - Throws: `OSError` if memory runs out.
  template <class... Args>
    requires detail::FieldsOf<T, Args...>
  explicit RawValue(const Args&... fields) : RawValue() {
    set_value(T{fields...});
  }

  /// Reads the value.
  /// - Python: reading the attribute `value`.
  [[nodiscard]] T value() const { return **this; }
  /// Writes the value.
  /// - Python: assigning to the attribute `value`.
  template <detail::StorableIn<T> U>
  void set_value(const U& value) const {
    **this = static_cast<T>(value);
  }

  /// The value itself.
  [[nodiscard]] T& operator*() const noexcept { return *data(); }
  /// Accesses a member of the value.
  [[nodiscard]] T* operator->() const noexcept { return data(); }
  /// The address of the value in this process.
  [[nodiscard]] T* data() const noexcept { return static_cast<T*>(block_.data()); }

 private:
  friend serial::Codec<RawValue>;
  explicit RawValue(detail::BlockReference block) noexcept : block_(std::move(block)) {}

  detail::BlockReference block_;
};

template <class T>
RawValue(const T&) -> RawValue<T>;

/// A value in shared memory with a lock. Each access takes the lock. To make several accesses
/// atomic, hold the lock: `const std::scoped_lock guard(value);`.
///
/// Everything else is as for `RawValue`.
///
/// - Python: `multiprocessing.Value`. Differs: `*v += 1` is one atomic step.
/// - Throws: every access throws what the lock throws: `OwnerDied` if the last owner died holding
///   it. The lock is then free, and the next access works.
/// - Blocks: every access, until the lock is free.
/// - Threads: safe.
/// - Platforms: Linux.
/// - Example: examples/multiprocessing/value_array.cpp
template <detail::SharedType T, detail::SharedLock L = RLock>
class Value : public detail::Synchronized<RawValue<T>, L> {
  using Base = detail::Synchronized<RawValue<T>, L>;

 public:
  /// Makes a value whose bytes are all zero, with a new lock.
  /// - Throws: `OSError` if memory runs out.
  Value() : Value(RawValue<T>()) {}
  /// Makes a value with the content `initial`. It uses the given lock or makes one:
  /// `Value<int> v(7, {.lock = lock})`.
  /// - Throws: `OSError` if memory runs out.
  template <detail::StorableIn<T> U>
  explicit Value(const U& initial, const LockOptions<L>& options = {})
      : Value(RawValue<T>(initial), options) {}
  /// Makes a struct from its fields in order, with a new lock. The remaining fields are zero.
  /// - Throws: `OSError` if memory runs out.
  template <class... Args>
    requires detail::FieldsOf<T, Args...>
  explicit Value(const Args&... fields) : Value(RawValue<T>(fields...)) {}
  /// Wraps an existing value with a lock.
  /// - Python: `sharedctypes.synchronized`.
  explicit Value(RawValue<T> object, const LockOptions<L>& options = {})
      : Base(std::move(object), options.lock ? *options.lock : L()) {}

  /// Reads the value.
  /// - Python: reading the attribute `value`.
  [[nodiscard]] T value() const { return **this; }
  /// Writes the value.
  /// - Python: assigning to the attribute `value`.
  template <detail::StorableIn<T> U>
  void set_value(const U& value) const {
    **this = value;
  }
  /// A reference to the value that locks at each use: `*v = 1`, `*v += 2`, `int n = *v`.
  ///
  /// It is no number: `auto x = *v; x = 9;` changes the shared value. A copy of the number is
  /// `auto x = v.value();`. Where a template takes two arguments of one type, as in
  /// `std::max(v.value(), 3)`, write `value()`, too.
  [[nodiscard]] detail::LockedReference<T, L> operator*() const noexcept {
    return {*this->get_obj(), this->get_lock()};
  }
};

template <class T>
Value(const T&) -> Value<T>;
template <class T, class L>
Value(const T&, const LockOptions<L>&) -> Value<T, L>;

/// Makes an independent value with the same content.
/// - Python: `sharedctypes.copy`.
template <class T>
[[nodiscard]] RawValue<T> copy(const RawValue<T>& value) {
  return RawValue<T>(*value);
}
/// Makes an independent value with the same content, read under the lock.
/// - Python: `sharedctypes.copy`. Differs: Python cannot copy a synchronized value.
template <class T, class L>
[[nodiscard]] RawValue<T> copy(const Value<T, L>& value) {
  return RawValue<T>(value.value());
}

/// Wraps an existing value with a new lock.
/// - Python: `sharedctypes.synchronized(obj)`.
template <class T>
[[nodiscard]] Value<T> synchronized(const RawValue<T>& value) {
  return Value<T>(value);
}
/// Wraps an existing value with `lock`.
/// - Python: `sharedctypes.synchronized(obj, lock)`.
template <class T, detail::SharedLock L>
[[nodiscard]] Value<T, L> synchronized(const RawValue<T>& value, const L& lock) {
  return Value<T, L>(value, {.lock = lock});
}
/// An object that has a lock does not get a second one.
/// - Python: an `AssertionError`. Differs: does not compile.
template <class Object, class L, class... Lock>
void synchronized(const detail::Synchronized<Object, L>& value, const Lock&... lock) = delete;

}  // namespace progeny::multiprocessing::sharedctypes

namespace progeny::multiprocessing {

using sharedctypes::RawValue;
using sharedctypes::Value;

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// A value travels as a reference: sender and receiver share its memory.
template <class T>
struct Codec<multiprocessing::RawValue<T>> {
  /// The size of the reference to its block.
  static constexpr std::size_t min_size = multiprocessing::detail::BlockReference::min_size;
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::RawValue<T>& value) {
    value.block_.save(writer);
  }
  /// Reads it.
  static multiprocessing::RawValue<T> load(Reader& reader) {
    using Block = multiprocessing::detail::BlockReference;
    auto block = Block::load(reader, Block::layout_of<T>);
    if (block.count() != 1) {
      reader.fail("the shared memory of a value does not hold exactly one");
    }
    return multiprocessing::RawValue<T>(std::move(block));
  }
};

/// A value travels as a reference: sender and receiver share its memory and its lock.
template <class T, class L>
  requires Transferable<L>
struct Codec<multiprocessing::Value<T, L>> {
  /// The size of the value's reference and the lock's.
  static constexpr std::size_t min_size =
      Codec<multiprocessing::RawValue<T>>::min_size + detail::min_size<L>;
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Value<T, L>& value) {
    writer.write(value.get_obj());
    writer.write(value.get_lock());
  }
  /// Reads it.
  static multiprocessing::Value<T, L> load(Reader& reader) {
    auto object = reader.read<multiprocessing::RawValue<T>>();
    return multiprocessing::Value<T, L>(std::move(object), {.lock = reader.read<L>()});
  }
};

}  // namespace progeny::serial
