#pragma once

// Waiting for several things at once, from one thread: Python's `multiprocessing.connection.wait`.
// One call takes connections, listeners, queues, processes, streams and raw handles together:
//
//     auto ready = connection::wait({connection, listener, queue, process, handle}, 5s);
//
//     Connection                   ready once there is something to receive, or at the stream's end
//     Listener                     ready once a client waits to be accepted
//     Queue, JoinableQueue,        ready once there is something to get
//       SimpleQueue
//     Process                      ready once it has ended (its `sentinel()`)
//     stream of a Popen            ready once the system has something to read, or at its end;
//                                  bytes that are in the stream's buffer already do not count
//     native_handle                ready once it is readable, or at its end

#include <progeny/base/handle.hpp>
#include <progeny/base/timeout.hpp>
#include <progeny/detail/ranges.hpp>
#include <progeny/export.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <stop_token>
#include <type_traits>
#include <vector>

namespace progeny::multiprocessing::connection {

/// An object with a handle to wait on: `fileno()` (connections, listeners, queues, streams) or
/// `sentinel()` (processes). Your own classes qualify, too.
template <class Object>
concept HasWaitableHandle = requires(const Object& object) {
  { object.fileno() } -> std::convertible_to<native_handle>;
} || requires(const Object& object) {
  { object.sentinel() } -> std::convertible_to<native_handle>;
};

/// One thing that `wait` waits on. Borrows its handle, which must stay open until `wait` returns.
class Waitable {
 public:
  /// A handle: a socket, a pipe, an event. On POSIX, anything that poll(2) takes.
  // NOLINTNEXTLINE(google-explicit-constructor): `wait({connection, handle})` is the point.
  Waitable(native_handle handle) noexcept : handle_(handle) {}
  /// An object.
  /// - Throws: as its `fileno()` or `sentinel()`, for example `OSError` if it is closed.
  template <HasWaitableHandle Object>
  // NOLINTNEXTLINE(google-explicit-constructor): as above.
  Waitable(const Object& object) : handle_(handle_of(object)) {}
  /// An object by its address.
  /// - Throws: as above.
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

/// Waits until at least one of `objects` is ready. Consumes nothing.
///
/// A queue that several processes get from may be ready for all of them: use
/// `get_nowait` afterwards.
/// - Python: `multiprocessing.connection.wait`. Differs: it returns indices, as C++ objects do not
///   compare by identity: `for (std::size_t i : wait(readers)) { use(readers[i].recv_bytes()); }`.
/// - Returns: the indices of all that are ready, in order. None after the timeout.
/// - Throws: `OSError` if a handle is not open; `CancelledError` after a request for a stop, unless
///   one is ready.
/// - Blocks: until one is ready, or up to `timeout`. Zero and less look only once. Without objects
///   it waits for the whole timeout.
/// - Threads: safe.
[[nodiscard]] PROGENY_EXPORT std::vector<std::size_t> wait(std::span<const Waitable> objects,
                                                           const Timeout& timeout = {},
                                                           const std::stop_token& stop = {});
/// The same for a list of different things: `wait({connection, queue, process, handle}, 5s)`.
[[nodiscard]] PROGENY_EXPORT std::vector<std::size_t> wait(std::initializer_list<Waitable> objects,
                                                           const Timeout& timeout = {},
                                                           const std::stop_token& stop = {});
/// The same for a range of such objects, or of pointers to them: `std::vector<Connection>`.
template <std::ranges::input_range Range>
  requires(std::convertible_to<std::ranges::range_reference_t<Range>, Waitable> &&
           !std::convertible_to<const Range&, std::span<const Waitable>>)
[[nodiscard]] std::vector<std::size_t> wait(const Range& objects,
                                            const Timeout& timeout = {},
                                            const std::stop_token& stop = {}) {
  std::vector<Waitable> waitables;
  if constexpr (std::ranges::sized_range<const Range>) {
    waitables.reserve(std::ranges::size(objects));
  }
  for (const auto& object : objects) {
    waitables.emplace_back(object);
  }
  return wait(std::span<const Waitable>(waitables), timeout, stop);
}

}  // namespace progeny::multiprocessing::connection
