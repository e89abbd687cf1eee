#pragma once

// Waiting on several connections, processes and handles at once: Python's
// `multiprocessing.connection.wait`.

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/detail/ranges.hpp>
#include <progeny/export.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <vector>

namespace progeny::multiprocessing::connection {

/// What has a handle to wait on: `fileno()` (a connection, a listener) or `sentinel()` (a process,
/// which is ready once it has ended).
template <class Object>
concept HasWaitableHandle = requires(const Object& object) {
  { object.fileno() } -> std::convertible_to<native_handle>;
} || requires(const Object& object) {
  { object.sentinel() } -> std::convertible_to<native_handle>;
};

/// One thing that `wait` waits on. Borrows the handle, which must stay open until `wait` returns.
class Waitable {
 public:
  /// A handle: a socket, a pipe, an event; on POSIX anything that poll(2) takes.
  // NOLINTNEXTLINE(google-explicit-constructor): `wait({connection, handle})` is the point.
  Waitable(native_handle handle) noexcept : handle_(handle) {}
  /// An object. Throws what its `fileno()` or `sentinel()` throws, as when it is closed.
  template <HasWaitableHandle Object>
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  Waitable(const Object& object) : handle_(handle_of(object)) {}
  /// The same.
  template <HasWaitableHandle Object>
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  Waitable(const Object* object) : handle_(handle_of(*object)) {}

  /// The handle.
  [[nodiscard]] native_handle handle() const noexcept { return handle_; }

 private:
  template <class Object>
  static native_handle handle_of(const Object& object) {
    if constexpr (requires { object.fileno(); }) {
      return object.fileno();
    } else {
      return object.sentinel();
    }
  }

  native_handle handle_;
};

/// Waits until at least one of `objects` is ready, and returns the indices of all that are, in
/// order; none after the timeout, of which a negative one looks only once.
///
/// A connection is ready when there is something to receive or the other side has closed. Nothing
/// is consumed. Waiting on nothing waits for the timeout.
/// - Python: `multiprocessing.connection.wait`. Differs: indices, as C++ objects do not compare by
///   identity: `for (std::size_t i : wait(readers)) { use(readers[i].recv_bytes()); }`.
/// - Throws: `OSError` if a handle is not open.
[[nodiscard]] PROGENY_EXPORT std::vector<std::size_t> wait(std::span<const Waitable> objects,
                                                           const Timeout& timeout = {});
/// `wait({connection, other, handle}, 5s)`.
[[nodiscard]] PROGENY_EXPORT std::vector<std::size_t> wait(std::initializer_list<Waitable> objects,
                                                           const Timeout& timeout = {});
/// Any range of such objects, or of pointers to them: `std::vector<Connection>`.
template <std::ranges::input_range Range>
  requires(std::convertible_to<std::ranges::range_reference_t<Range>, Waitable> &&
           !std::convertible_to<const Range&, std::span<const Waitable>>)
[[nodiscard]] std::vector<std::size_t> wait(const Range& objects, const Timeout& timeout = {}) {
  std::vector<Waitable> waitables;
  if constexpr (std::ranges::sized_range<const Range>) {
    waitables.reserve(std::ranges::size(objects));
  }
  for (const auto& object : objects) {
    waitables.emplace_back(object);
  }
  return wait(std::span<const Waitable>(waitables), timeout);
}

}  // namespace progeny::multiprocessing::connection
