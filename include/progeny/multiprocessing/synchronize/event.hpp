#pragma once

// A flag that processes wait for: Python's `multiprocessing.Event`.

#include <progeny/base/timeout.hpp>
#include <progeny/export.hpp>
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

/// A flag that is set or not, and can be waited for.
///
/// Objects are references, as those of `Lock`. It does not matter to it who is killed when.
///
/// - Python: `multiprocessing.Event`. Differs: who waits when `set()` is called is told true, also
///   if `clear()` follows at once; Python's looks again, and may say false.
/// - Threads: safe. Signal handlers of the host do not interrupt a wait.
/// - Platforms: Linux.
class PROGENY_EXPORT Event {
 public:
  /// A new one, not set. Throws `OSError` if there is no memory or no descriptor.
  Event();

  /// Whether it is set.
  [[nodiscard]] bool is_set() const noexcept;
  /// Sets it, and ends every wait for it. Nothing if it is set.
  void set() noexcept;
  /// Unsets it. Nothing if it is not set.
  void clear() noexcept;
  /// Waits until it is set, by default as long as it takes. Returns whether it was set, at the
  /// call or at any moment since. A negative timeout is as 0: look once.
  // NOLINTNEXTLINE(modernize-use-nodiscard): without a limit there is only one answer.
  bool wait(const Timeout& timeout = {}) const noexcept;

 private:
  friend detail::SynchronizeAccess;
  explicit Event(std::shared_ptr<detail::SharedObject> object) noexcept;

  std::shared_ptr<detail::SharedObject> object_;
};

/// What Python's `repr` says: `<Event at 0x7f22c6c0e000 set>`, or `unset`.
[[nodiscard]] PROGENY_EXPORT std::string to_string(const Event& event);
/// Writes `to_string`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Event& event);

}  // namespace progeny::multiprocessing

namespace progeny::serial {

/// The receiver's is the same event.
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
