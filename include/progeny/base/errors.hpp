#pragma once

// The exceptions that every part of progeny throws: Python's names, each derived from the nearest
// standard exception, so that `catch (const std::system_error&)` works as well as
// `catch (const progeny::OSError&)`. A message is a sentence with the values in it.

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
/// `what()` reads `exec "/no/such": No such file or directory`; `code()` compares with `std::errc`.
/// - Python: `OSError` with all its subclasses (`FileNotFoundError` is
///   `code() == std::errc::no_such_file_or_directory`).
class PROGENY_EXPORT OSError : public std::system_error {
 public:
  /// An error of `call` that concerns no file.
  OSError(std::error_code code, std::string_view call);
  /// An error of `call` that concerns `filename`, which is kept exactly as the caller gave it.
  OSError(std::error_code code, std::string_view call, std::string_view filename);

  /// The step that failed, by the name of its system call: `exec`, `chdir`, `pipe`, ...
  [[nodiscard]] const std::string& call() const noexcept { return call_; }

  /// The file that the call was about, or nothing. Python: `OSError.filename`.
  [[nodiscard]] const std::optional<std::string>& filename() const noexcept { return filename_; }

 private:
  std::string call_;
  std::optional<std::string> filename_;
};

/// An argument has the right type but a value that cannot be meant. Nothing was changed.
/// - Python: `ValueError`.
class PROGENY_EXPORT ValueError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// The object is not in a state in which this call makes sense (reading a stream that was not
/// captured, using a moved-from object): a mistake in the calling program.
class PROGENY_EXPORT UsageError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// An error that fits no other class. Python: `RuntimeError`.
class PROGENY_EXPORT RuntimeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// This system has no such thing. Python: `NotImplementedError`.
class PROGENY_EXPORT NotImplementedError : public RuntimeError {
 public:
  using RuntimeError::RuntimeError;
};

/// A name was looked up and is not there: an encoding, an error policy, a user, a group.
/// - Python: `LookupError`, and `KeyError` below it.
class PROGENY_EXPORT LookupError : public std::out_of_range {
 public:
  using std::out_of_range::out_of_range;
};

/// The other side closed its end where more was expected. Python: `EOFError`.
class PROGENY_EXPORT EOFError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What `UnicodeDecodeError` and `UnicodeEncodeError` share.
/// - Python: `UnicodeError`.
class PROGENY_EXPORT UnicodeError : public ValueError {
 public:
  /// Name of the encoding, as Python normalises it (`utf-8`).
  [[nodiscard]] const std::string& encoding() const noexcept { return encoding_; }
  /// The bytes that could not be decoded, or the character that could not be encoded (as UTF-8).
  [[nodiscard]] const std::string& object() const noexcept { return object_; }
  /// Offset of `object()` in the whole stream, in bytes (decoding) or characters (encoding).
  [[nodiscard]] std::size_t start() const noexcept { return start_; }
  /// What is wrong with it: `invalid start byte`, `ordinal not in range(128)`, ...
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 protected:
  /// `what()`, and then each of the above in turn.
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

/// Bytes are not valid in the encoding of the stream and its policy is `strict`.
/// - Python: `UnicodeDecodeError`. Differs: `object()` holds the offending bytes alone, not all
///   the input, which may be gigabytes.
class PROGENY_EXPORT UnicodeDecodeError : public UnicodeError {
 public:
  /// `object` are the offending bytes, `start` their offset in the stream.
  UnicodeDecodeError(std::string_view encoding,
                     std::string_view object,
                     std::size_t start,
                     std::string_view reason);
};

/// A character does not exist in the encoding of the stream and its policy is `strict`.
/// - Python: `UnicodeEncodeError`. Differs: `object()` holds the offending character alone.
class PROGENY_EXPORT UnicodeEncodeError : public UnicodeError {
 public:
  /// `object` is the offending character in UTF-8, `start` its index in the text.
  UnicodeEncodeError(std::string_view encoding,
                     std::string_view object,
                     std::size_t start,
                     std::string_view reason);
};

}  // namespace progeny
