#pragma once

// A stack that can be read in another process than the one it was recorded in.

#include <progeny/export.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace progeny::serial {

/// One call on a stack, in words that every process understands.
struct Frame {
  /// Path of the program or the shared library.
  std::string module;
  /// The bytes of its build-id; empty if it has none.
  std::string build_id;
  /// From where the module is loaded, in bytes, of the call's instruction.
  std::uint64_t offset = 0;
  /// Whether the module is the program itself.
  bool is_program = false;

  /// Whether all is equal.
  bool operator==(const Frame&) const = default;
};

/// The calls that led to some place, as addresses. Names and lines are looked up when it is
/// printed.
///
/// Cheap to copy.
/// - Python: `traceback.StackSummary`.
/// - Threads: safe, also for one object.
class PROGENY_EXPORT StackTrace {
 public:
  /// No calls.
  StackTrace() = default;
  /// Calls, innermost first, and how many more there were farther out.
  explicit StackTrace(std::vector<Frame> frames, std::size_t omitted = 0);

  /// Innermost first.
  [[nodiscard]] const std::vector<Frame>& frames() const noexcept;
  /// How many outer calls were left out, as the stack was too deep.
  [[nodiscard]] std::size_t omitted() const noexcept;
  /// Whether nothing is known.
  [[nodiscard]] bool empty() const noexcept { return frames().empty(); }

  /// A line for each call, outermost first as in Python: `  read_all(int) (src/read.cpp:12)`.
  /// Without debug information a line has the function alone; without a name `/lib/libx.so+0x1234`.
  /// - Blocks: while it reads debug information, the first time; later calls return the same text.
  /// - Platforms: names and lines on Linux, if libdw is installed, which the first call in a
  /// process
  ///   loads. Without libdw, exported functions have their names.
  [[nodiscard]] std::string str() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Prints `stack.str()`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const StackTrace& stack);

}  // namespace progeny::serial
