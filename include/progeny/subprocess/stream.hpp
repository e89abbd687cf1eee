#pragma once

// The parent's end of a child's pipe: a Python file object over it.

#include <progeny/base/bytes.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/export.hpp>

#include <cstddef>
#include <iosfwd>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::subprocess {

namespace detail {
class Process;
class StreamCore;
}  // namespace detail

/// Reads or writes one of a child's standard streams, with Python's buffering.
///
/// In binary mode bytes pass unchanged. In text mode reading gives UTF-8 with `\n` line ends, and
/// writing takes UTF-8 and encodes it. A `Stream` without a pipe converts to `false`.
///
/// - Python: `io.BufferedReader`, `io.BufferedWriter`, `io.TextIOWrapper`.
/// - Throws: every call throws `UsageError` if there is no pipe, and `ValueError` on a closed
///   stream.
/// - Blocks: reading blocks until the child has written, or until every process that holds the
///   other end has closed it. Writing blocks while the pipe is full. Signal handlers of the host
///   interrupt neither.
/// - Threads: one thread at a time for one stream. Different streams of a child are independent.
class PROGENY_EXPORT Stream {
 public:
  class LineIterator;

  /// Without a pipe.
  Stream() noexcept;
  /// For `Popen`: a stream over this core.
  explicit Stream(std::shared_ptr<detail::StreamCore> core) noexcept;
  /// Takes over the pipe of `other`.
  Stream(Stream&& other) noexcept;
  /// Closes this, then takes over the pipe of `other`.
  Stream& operator=(Stream&& other) noexcept;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  /// Flushes and closes as `close()`, but drops an error. Call `close()` to see errors.
  /// - Blocks: while buffered data is left and the pipe is full.
  ~Stream();

  /// Whether there is a pipe. Stays true when it is closed.
  explicit operator bool() const noexcept { return core_ != nullptr; }

  /// Reads everything up to end of file.
  /// - Throws: `UnicodeDecodeError` in text mode with errors `strict`; `OSError`.
  [[nodiscard]] std::string read();
  /// Reads `count` bytes (characters in text mode), fewer only at end of file.
  /// - Throws: as `read()`.
  [[nodiscard]] std::string read(std::size_t count);
  /// Reads the bytes that are there, at most `limit`. Waits only while there are none. Empty at end
  /// of file. Binary mode only.
  /// - Python: `BufferedReader.read1`.
  [[nodiscard]] std::string read1(std::size_t limit = 65536);
  /// Reads one line with its `\n`, which the last line may lack. Empty at end of file. A line
  /// longer than `limit` bytes (characters in text mode) comes in pieces of that size.
  /// - Throws: as `read()`.
  [[nodiscard]] std::string readline(std::size_t limit = static_cast<std::size_t>(-1));
  /// Reads all lines up to end of file, each with its `\n`.
  /// - Throws: as `read()`.
  [[nodiscard]] std::vector<std::string> readlines();
  /// Iterates over the remaining lines: `for (const std::string& line : p.std_out())`.
  [[nodiscard]] LineIterator begin();
  /// The end of the lines.
  [[nodiscard]] LineIterator end() noexcept;

  /// Writes all of `data`, through the buffer.
  /// - Returns: the number of bytes (characters in text mode).
  /// - Throws: `OSError` with EPIPE when the pipe has no reader any more (the host gets no
  /// SIGPIPE);
  ///   `UnicodeEncodeError` in text mode, and then nothing was written.
  std::size_t write(BytesView data);
  /// Writes each item of a range. Adds no line ends.
  template <class Lines>
  void writelines(const Lines& lines) {
    for (const auto& line : lines) {
      write(line);
    }
  }
  /// Writes all buffered data to the pipe.
  /// - Throws: as `write`.
  void flush();

  /// Flushes and closes. Closing twice is harmless. The pipe is closed even if the flush throws.
  /// - Throws: as `write`.
  void close();
  /// Whether it was closed.
  [[nodiscard]] bool closed() const;
  /// The native handle. The stream still owns it. On POSIX that of a terminal is non-blocking.
  [[nodiscard]] native_handle fileno() const;
  /// Whether this is text mode.
  [[nodiscard]] bool is_text() const;
  /// What Python's repr says: `<_io.BufferedReader name=5>`.
  [[nodiscard]] std::string repr() const;

 private:
  friend class detail::Process;
  [[nodiscard]] detail::StreamCore& core() const;

  std::shared_ptr<detail::StreamCore> core_;  // Shared with a communicate() that has begun.
};

/// Reads a line at each step. Ends at end of file.
class PROGENY_EXPORT Stream::LineIterator {
 public:
  /// An input iterator: one pass.
  using iterator_category = std::input_iterator_tag;
  /// A line.
  using value_type = std::string;
  /// Nothing meaningful.
  using difference_type = std::ptrdiff_t;
  /// A line.
  using pointer = const std::string*;
  /// A line.
  using reference = const std::string&;

  /// The end.
  LineIterator() noexcept = default;
  /// Reads the first line of `stream`.
  explicit LineIterator(Stream& stream);
  /// The current line.
  reference operator*() const noexcept { return line_; }
  /// The current line.
  pointer operator->() const noexcept { return &line_; }
  /// Reads the next line.
  LineIterator& operator++();
  /// Reads the next line.
  void operator++(int) { ++*this; }
  /// Whether both are at the end, or neither.
  bool operator==(const LineIterator& other) const noexcept { return stream_ == other.stream_; }

 private:
  Stream* stream_ = nullptr;
  std::string line_;
};

/// Prints `stream.repr()`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Stream& stream);

}  // namespace progeny::subprocess
