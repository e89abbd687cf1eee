#pragma once

// A flag that processes wait for: Python's `multiprocessing.Event`.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/object_reference.hpp>
#include <progeny/serial.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>

namespace progeny::multiprocessing::detail {

class SharedObject;
class SynchronizeAccess;

}  // namespace progeny::multiprocessing::detail

namespace progeny::multiprocessing {

/// A flag that processes set, clear and wait for.
///
/// Objects are references, as those of `Lock`. Killing a process at any point leaves the event
/// usable for the others.
///
/// - Python: `multiprocessing.Event`. Differs: every process that waits during `set()` gets true,
///   even if `clear()` follows at once. Python's waiter looks at the flag again and may return
///   false.
/// - Threads: safe. The host's signal handlers run during a wait and do not end it.
/// - Platforms: Linux.
class PROGENY_EXPORT Event {
 public:
  /// Makes a new event, which is not set.
  /// - Throws: `OSError` if memory runs out.
  Event();

  /// Whether the flag is set.
  /// - Python: `is_set`.
  [[nodiscard]] bool is_set() const noexcept;
  /// Sets the flag and ends every wait for it. Does nothing if the flag is already set.
  /// - Python: `set`.
  void set() noexcept;
  /// Clears the flag. Does nothing if the flag is not set.
  /// - Python: `clear`.
  void clear() noexcept;
  /// Waits until the flag is set.
  /// - Python: `wait(timeout=None)`.
  /// - Returns: whether the flag was set at any moment during the call.
  /// - Blocks: until `set`, at most `timeout`. 0 and negative timeouts look once.
  // NOLINTNEXTLINE(modernize-use-nodiscard): without a limit there is only one answer.
  bool wait(const Timeout& timeout = {}) const noexcept;

 private:
  friend detail::SynchronizeAccess;
  explicit Event(std::shared_ptr<detail::SharedObject> object) noexcept;

  detail::ObjectReference object_;
};

/// The text of Python's `repr`: `<Event at 0x7f22c6c0e000 set>`, or `unset`.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const Event& event);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Event& event);

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// An event travels as a reference: sender and receiver share one event.
template <>
struct PROGENY_EXPORT Codec<multiprocessing::Event> {
  /// Two handles, an offset and a size.
  static constexpr std::size_t min_size = 2 * sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);
  /// Writes it.
  static void save(Writer& writer, const multiprocessing::Event& value);
  /// Reads it.
  static multiprocessing::Event load(Reader& reader);
};

}  // namespace progeny::serial
