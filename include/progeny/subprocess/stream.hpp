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
/// In binary mode bytes pass unaltered. In text mode what is read is UTF-8 with `\n` line ends,
/// and what is written is UTF-8 that is encoded on the way. A stream that was not redirected to a
/// pipe is none: it converts to `false`, and every other call throws `UsageError`.
///
/// Every call on a closed stream throws `ValueError`, as in Python.
///
/// - Python: `io.BufferedReader`, `io.BufferedWriter`, `io.TextIOWrapper`.
/// - Threads: one thread at a time for one stream; different streams of a child are independent.
/// - Blocks: reading until the child wrote or every holder of the pipe's other end closed it,
///   writing while the pipe is full. A signal handler of the host does not interrupt either.
class PROGENY_EXPORT Stream {
 public:
  class LineIterator;

  /// A stream that is none.
  Stream() noexcept;
  /// For `Popen`: a stream over this core.
  explicit Stream(std::shared_ptr<detail::StreamCore> core) noexcept;
  /// Takes over what `other` is.
  Stream(Stream&& other) noexcept;
  /// Closes this, then takes over what `other` is.
  Stream& operator=(Stream&& other) noexcept;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  /// Flushes and closes, as `close()`, except that an error is lost: who wants to know calls
  /// `close()`. Blocks while something is left to flush and the pipe is full.
  ~Stream();

  /// Whether there is a stream: it was redirected to a pipe. Stays true when it is closed.
  explicit operator bool() const noexcept { return core_ != nullptr; }

  /// All that is left until end of file.
  /// - Throws: `UnicodeDecodeError` in text mode with errors `strict`; `OSError`.
  [[nodiscard]] std::string read();
  /// `count` bytes (characters in text mode), fewer only at end of file.
  [[nodiscard]] std::string read(std::size_t count);
  /// What is there, at most `limit` bytes, waiting only if there is nothing; empty at end of file.
  /// Binary mode only. Python: `BufferedReader.read1`.
  [[nodiscard]] std::string read1(std::size_t limit = 65536);
  /// One line with its `\n`; the last may lack it; empty at end of file. A line longer than
  /// `limit` bytes (characters in text mode) comes in pieces of `limit`.
  [[nodiscard]] std::string readline(std::size_t limit = static_cast<std::size_t>(-1));
  /// All lines until end of file, each with its `\n`.
  [[nodiscard]] std::vector<std::string> readlines();
  /// Iterates over the remaining lines: `for (const std::string& line : p.std_out())`.
  [[nodiscard]] LineIterator begin();
  /// The end of the lines.
  [[nodiscard]] LineIterator end() noexcept;

  /// Writes all of `data`, through the buffer.
  /// - Returns: how many bytes (characters in text mode) it was.
  /// - Throws: `OSError` with EPIPE once nobody reads any more; the host gets no SIGPIPE.
  ///   `UnicodeEncodeError` in text mode, then nothing was written.
  std::size_t write(BytesView data);
  /// Writes each item of a range; adds no line ends.
  template <class Lines>
  void writelines(const Lines& lines) {
    for (const auto& line : lines) {
      write(line);
    }
  }
  /// Hands what is buffered to the system.
  void flush();

  /// Flushes and closes. Closing twice is harmless. The pipe is closed even if the flush throws.
  void close();
  /// Whether it was closed.
  [[nodiscard]] bool closed() const;
  /// The native handle, which the stream keeps owning. That of a terminal is non-blocking on POSIX.
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
