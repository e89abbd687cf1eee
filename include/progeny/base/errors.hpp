#pragma once

// The exceptions that every part of progeny throws. They have Python's names, and each derives from
// the nearest standard exception: `catch (const std::system_error&)` works as well as
// `catch (const progeny::OSError&)`. Messages are sentences with the values in them.

#include <progeny/export.hpp>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace progeny {

/// A call to the operating system failed.
///
/// `what()` reads `exec "/no/such": No such file or directory`. `code()` compares with `std::errc`.
///
/// - Python: `OSError` with all its subclasses (`FileNotFoundError` is
///   `code() == std::errc::no_such_file_or_directory`).
class PROGENY_EXPORT OSError : public std::system_error {
 public:
  /// A failure of `call` that concerns no file.
  OSError(std::error_code code, std::string_view call);
  /// A failure of `call` that concerns `filename`, which is kept as the caller gave it.
  OSError(std::error_code code, std::string_view call, std::string_view filename);

  /// The system call that failed: `exec`, `chdir`, `pipe`, ...
  [[nodiscard]] const std::string& call() const noexcept { return call_; }

  /// The file that the call was about, or nothing.
  /// - Python: `OSError.filename`.
  [[nodiscard]] const std::optional<std::string>& filename() const noexcept { return filename_; }

 private:
  std::string call_;
  std::optional<std::string> filename_;
};

/// An argument has the right type but an impossible value. Nothing was changed.
///
/// - Python: `ValueError`.
class PROGENY_EXPORT ValueError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A mistake in the calling program: the object is in a state that does not allow the call, such as
/// a stream that was not captured, or a moved-from object.
///
/// - Python: none; Python raises `ValueError`, `AssertionError` or `AttributeError` in such cases.
class PROGENY_EXPORT UsageError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// An error that fits no other class.
///
/// - Python: `RuntimeError`.
class PROGENY_EXPORT RuntimeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// This system does not have what was asked for.
///
/// - Python: `NotImplementedError`.
class PROGENY_EXPORT NotImplementedError : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

/// A name was looked up and was not found: an encoding, an error policy, a user, a group.
///
/// - Python: `LookupError`.
class PROGENY_EXPORT LookupError : public std::out_of_range {
 public:
  using std::out_of_range::out_of_range;
};

/// A key is not in a dict.
///
/// - Python: `KeyError`.
class PROGENY_EXPORT KeyError : public LookupError {
 public:
  using LookupError::LookupError;
};

/// An index lies outside of a list or tuple.
///
/// - Python: `IndexError`.
class PROGENY_EXPORT IndexError : public LookupError {
 public:
  using LookupError::LookupError;
};

/// A value has another type than the operation needs. The compiler finds most such mistakes; this
/// one is for values whose type is known at run time only.
///
/// - Python: `TypeError`.
class PROGENY_EXPORT TypeError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A number does not fit into the type that it is wanted as.
///
/// - Python: `OverflowError`.
class PROGENY_EXPORT OverflowError : public std::overflow_error {
 public:
  using std::overflow_error::overflow_error;
};

/// The other side closed its end where more bytes were expected.
///
/// - Python: `EOFError`.
class PROGENY_EXPORT EOFError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The common base of `UnicodeDecodeError` and `UnicodeEncodeError`.
///
/// - Python: `UnicodeError`.
class PROGENY_EXPORT UnicodeError : public ValueError {
 public:
  /// The name of the encoding, as Python's errors have it: `utf-8`, `ascii`, `utf-16-le`, `euc_jp`;
  /// `charmap` for most sets whose characters have one byte.
  [[nodiscard]] const std::string& encoding() const noexcept { return encoding_; }
  /// The bytes that could not be decoded, or the character that could not be encoded (as UTF-8).
  [[nodiscard]] const std::string& object() const noexcept { return object_; }
  /// The offset of `object()` in the whole stream, in bytes (decoding) or characters (encoding).
  [[nodiscard]] std::size_t start() const noexcept { return start_; }
  /// What is wrong with `object()`: `invalid start byte`, `ordinal not in range(128)`, ...
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 protected:
  /// The message, then the results of the functions above, in their order.
  UnicodeError(const std::string& message,
               std::string_view encoding,
               std::string_view object,
               std::size_t start,
               std::string_view reason);

 private:
  std::string encoding_;
  std::string object_;
  std::size_t start_;
  std::string reason_;
};

/// Bytes are not valid in the stream's encoding, and its error policy is `strict`.
///
/// - Python: `UnicodeDecodeError`. Differs: `object()` has only the invalid bytes, not the whole
///   input, which may be gigabytes.
class PROGENY_EXPORT UnicodeDecodeError : public UnicodeError {
 public:
  /// `object` are the invalid bytes, `start` is their offset in the stream.
  UnicodeDecodeError(std::string_view encoding,
                     std::string_view object,
                     std::size_t start,
                     std::string_view reason);
};

/// A character does not exist in the stream's encoding, and its error policy is `strict`.
///
/// - Python: `UnicodeEncodeError`. Differs: `object()` has only that character, not the whole text.
class PROGENY_EXPORT UnicodeEncodeError : public UnicodeError {
 public:
  /// `object` is the character in UTF-8, `start` is its index in the text.
  UnicodeEncodeError(std::string_view encoding,
                     std::string_view object,
                     std::size_t start,
                     std::string_view reason);
};

}  // namespace progeny
