#pragma once

// A value that several processes see: Python's `multiprocessing.Value` and `RawValue`. For many of
// them in a row, see <progeny/multiprocessing/sharedctypes/array.hpp>.

#include <progeny/multiprocessing/detail/block_handle.hpp>
#include <progeny/multiprocessing/detail/own_lock.hpp>
#include <progeny/multiprocessing/detail/shared_type.hpp>
#include <progeny/multiprocessing/synchronize/lock.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>

namespace progeny::multiprocessing::sharedctypes {

/// Keyword arguments of `Value` and `Array`.
template <detail::SharedLock L>
struct LockOptions {
  /// The lock to use. Default: one of its own. Where Python has `lock=False` there is `RawValue`.
  std::optional<L> lock = {};
};

/// A value in shared memory, without a lock: using it costs what using memory costs, and to keep
/// processes from disturbing each other is up to the caller.
///
/// Objects are references, as in Python: a copy is the same value, also one that has travelled to
/// another process, as an argument of a `Process` or over a local connection. The memory has no
/// name and is used again when nobody has the value any more; a process that was killed counts as
/// one that has it for as long as the process lives that made it.
///
/// `T` is any trivially copyable type but a pointer. `*v` is the value itself: it is aligned as `T`
/// is, and to 16 bytes at least, so that `std::atomic_ref(*v)` works.
///
/// - Python: `multiprocessing.sharedctypes.RawValue`. Differs: types are those of C++;
///   `typecode<'i'>` is the one that Python calls `'i'`. A fraction does not compile where a whole
///   number is stored; whole numbers wrap.
/// - Threads: as the value itself.
/// - Platforms: Linux.
template <detail::SharedType T>
class RawValue {
 public:
  /// Zero in all its bytes. Throws `OSError` if there is no memory.
  RawValue() : handle_(1, detail::BlockHandle::layout_of<T>) {}
  /// `initial`.
  template <detail::StorableIn<T> U>
  explicit RawValue(const U& initial) : RawValue() {
    set_value(initial);
  }
  /// A struct with these fields, in order; what is left is zero.
  template <class... Args>
    requires detail::FieldsOf<T, Args...>
  explicit RawValue(const Args&... fields) : RawValue() {
    set_value(T{fields...});
  }

  /// Reads it. Python: the attribute `value`.
  [[nodiscard]] T value() const { return **this; }
  /// Writes it.
  template <detail::StorableIn<T> U>
  void set_value(const U& value) const {
    **this = static_cast<T>(value);
  }

  /// The value itself.
  [[nodiscard]] T& operator*() const noexcept { return *data(); }
  /// Its members.
  [[nodiscard]] T* operator->() const noexcept { return data(); }
  /// Where it lies in this process.
  [[nodiscard]] T* data() const noexcept { return static_cast<T*>(handle_.data()); }

 private:
  friend serial::Codec<RawValue>;
  explicit RawValue(detail::BlockHandle handle) noexcept : handle_(std::move(handle)) {}

  detail::BlockHandle handle_;
};

template <class T>
RawValue(const T&) -> RawValue<T>;

/// A value in shared memory with a lock. Each reading and each writing through it takes the lock;
/// for what takes several of them, hold it: `const std::scoped_lock guard(value);`.
///
/// All else as `RawValue`.
/// - Python: `multiprocessing.Value`. Differs: `*v += 1` lets nobody in between reading and
///   writing.
/// - Throws: every access: as the lock, which is `OwnerDied` if the last process that held it died
///   meanwhile. The lock is free then, and the next access works.
/// - Threads: safe.
template <detail::SharedType T, detail::SharedLock L = RLock>
class Value : public detail::Synchronized<RawValue<T>, L> {
  using Base = detail::Synchronized<RawValue<T>, L>;

 public:
  /// Zero, with a lock of its own. Throws `OSError` if there is no memory.
  Value() : Value(RawValue<T>()) {}
  /// `initial`, with a lock of its own or the one given: `Value<int> v(7, {.lock = lock})`.
  template <detail::StorableIn<T> U>
  explicit Value(const U& initial, const LockOptions<L>& options = {})
      : Value(RawValue<T>(initial), options) {}
  /// A struct with these fields, in order; what is left is zero.
  template <class... Args>
    requires detail::FieldsOf<T, Args...>
  explicit Value(const Args&... fields) : Value(RawValue<T>(fields...)) {}
  /// The same value, to be used under a lock from here on. Python: `synchronized`.
  explicit Value(RawValue<T> object, const LockOptions<L>& options = {})
      : Base(std::move(object), options.lock ? *options.lock : detail::own_lock<L>()) {}

  /// Reads it. Python: the attribute `value`.
  [[nodiscard]] T value() const { return **this; }
  /// Writes it.
  template <detail::StorableIn<T> U>
  void set_value(const U& value) const {
    **this = value;
  }
  /// What stands for it: `*v = 1`, `*v += 2`, `int n = *v`.
  [[nodiscard]] detail::LockedReference<T, L> operator*() const noexcept {
    return {*this->get_obj(), this->get_lock()};
  }
};

template <class T>
Value(const T&) -> Value<T>;
template <class T, class L>
Value(const T&, const LockOptions<L>&) -> Value<T, L>;

/// A value of the same type with the same content, and nothing else in common. Python: `copy`.
template <class T>
[[nodiscard]] RawValue<T> copy(const RawValue<T>& value) {
  return RawValue<T>(*value);
}
/// The same, read under the lock. Python refuses that.
template <class T, class L>
[[nodiscard]] RawValue<T> copy(const Value<T, L>& value) {
  return RawValue<T>(value.value());
}

/// The same value, to be used under a new lock from here on.
template <class T>
[[nodiscard]] Value<T> synchronized(const RawValue<T>& value) {
  return Value<T>(value);
}
/// The same with a lock that there is.
template <class T, detail::SharedLock L>
[[nodiscard]] Value<T, L> synchronized(const RawValue<T>& value, const L& lock) {
  return Value<T, L>(value, {.lock = lock});
}
/// One that has a lock does not get another one. Python: an AssertionError.
template <class Object, class L, class... Lock>
void synchronized(const detail::Synchronized<Object, L>& value, const Lock&... lock) = delete;

}  // namespace progeny::multiprocessing::sharedctypes

namespace progeny::multiprocessing {

using sharedctypes::RawValue;
using sharedctypes::Value;

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// The receiver's is the same value.
template <class T>
struct Codec<multiprocessing::RawValue<T>> {
  /// That of its memory.
  static constexpr std::size_t min_size = multiprocessing::detail::BlockHandle::min_size;
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::RawValue<T>& value) {
    value.handle_.save(writer);
  }
  /// Reads it.
  static multiprocessing::RawValue<T> load(Reader& reader) {
    using Handle = multiprocessing::detail::BlockHandle;
    auto handle = Handle::load(reader, Handle::layout_of<T>);
    if (handle.count() != 1) {
      reader.fail("the shared memory of a value is not one value long");
    }
    return multiprocessing::RawValue<T>(std::move(handle));
  }
};

/// The receiver's is the same value with the same lock.
template <class T, class L>
  requires Transferable<L>
struct Codec<multiprocessing::Value<T, L>> {
  /// That of the value and the lock.
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
