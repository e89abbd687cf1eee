#pragma once

// Pickles: Python's objects as bytes, and back.

#include <progeny/base/bytes.hpp>
#include <progeny/base/errors.hpp>
#include <progeny/export.hpp>
#include <progeny/pickle/value.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace progeny::pickle {

/// The protocol that every Python from 3.4 on reads.
/// - Python: `pickle.DEFAULT_PROTOCOL`, until 3.13.
inline constexpr int default_protocol = 4;
/// - Python: `pickle.HIGHEST_PROTOCOL`.
inline constexpr int highest_protocol = 5;

/// A value cannot be pickled.
///
/// - Python: `pickle.PicklingError`.
class PROGENY_EXPORT PicklingError : public ValueError {
 public:
  using ValueError::ValueError;
};

/// Bytes are no pickle, or go beyond a limit. `what()` names the byte and the reason.
///
/// - Python: `pickle.UnpicklingError`.
class PROGENY_EXPORT UnpicklingError : public ValueError {
 public:
  /// The bytes at `offset` show that they are no pickle, for `reason`.
  UnpicklingError(std::size_t offset, std::string_view reason);

  /// Where in the pickle, in bytes from its beginning.
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

 private:
  std::size_t offset_;
};

/// Says whether the class or function `name` of `module` may appear.
using GlobalFilter = std::function<bool(std::string_view module, std::string_view name)>;

/// How a value is pickled.
struct DumpOptions {
  /// 2 to 5.
  int protocol = default_protocol;
  /// Which classes and functions may be named. Python calls what a pickle names, so a program that
  /// passes values on from peers that it does not trust allows only names that it knows. Default:
  /// all.
  GlobalFilter allowed = {};
};

/// How much a pickle may ask for. A pickle of a kilobyte can describe gigabytes, or a million
/// levels.
struct LoadLimits {
  /// Longest pickle in bytes.
  std::size_t size = std::size_t{1} << 31U;
  /// Most bytes of memory for its values, counted roughly.
  std::size_t memory = std::size_t{1} << 32U;
  /// How many containers may be open at once, one in another.
  std::size_t depth = 1'000'000;
  /// Which classes and functions may be named. None is ever called. Default: all.
  GlobalFilter allowed = {};
};

/// Pickles a value.
///
/// Objects that appear several times, or contain themselves, arrive so.
///
/// - Python: `pickle.dumps`.
/// - Throws: `PicklingError` for a name that `allowed` refuses, or a name with a line feed under a
///   protocol below 4; `ValueError` for a protocol outside 2 to 5.
/// - Threads: safe if nobody changes the value meanwhile.
[[nodiscard]] PROGENY_EXPORT std::string dumps(const Value& value, const DumpOptions& options = {});

/// Reads a pickle of any protocol. Nothing is called, imported or made but plain values, whoever
/// wrote it. Bytes behind its end are ignored, as in Python.
///
/// - Python: `pickle.loads`. Differs: objects of classes stay recipes (`Kind::object`).
/// - Throws: `UnpicklingError`.
[[nodiscard]] PROGENY_EXPORT Value loads(BytesView data, const LoadLimits& limits = {});

}  // namespace progeny::pickle
