#include <progeny/subprocess/stream.hpp>

#include "platform/io/descriptor.hpp"
#include "subprocess/streams/stream_core.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace progeny::subprocess {

using detail::StreamCore;

Stream::Stream() noexcept = default;
Stream::Stream(std::shared_ptr<StreamCore> core) noexcept : core_(std::move(core)) {}
Stream::Stream(Stream&& other) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept {
  const Stream previous(std::move(*this));
  core_ = std::move(other.core_);
  return *this;
}

Stream::~Stream() {
  if (core_ != nullptr) {
    try {
      core_->close();
    } catch (...) {  // NOLINT(bugprone-empty-catch): close() is there to see errors.
    }
  }
}

StreamCore& Stream::core() const {
  if (core_ == nullptr) {
    throw UsageError("there is no such stream: it was not redirected to PIPE");
  }
  return *core_;
}

namespace {

StreamCore& readable(StreamCore& core) {
  core.require(StreamCore::Direction::read);
  return core;
}

StreamCore& writable(StreamCore& core) {
  core.require(StreamCore::Direction::write);
  return core;
}

constexpr auto unlimited = static_cast<std::size_t>(-1);

// Looks for the end of the first `limit` characters (bytes, in binary mode) of a buffer that grows.
// Each byte is looked at once.
class Measure {
 public:
  Measure(const StreamCore& core, std::size_t limit) noexcept
      : is_text_(core.format().text.has_value()), limit_(limit) {}

  /// Goes on through `text`, which begins with what earlier calls have seen. Returns whether it
  /// holds `limit` characters.
  bool extend(std::string_view text) noexcept {
    const std::size_t missing = limit_ - count_;
    const std::string_view fresh = text.substr(size_);
    const std::size_t taken =
        is_text_ ? detail::prefix_of_characters(fresh, missing) : std::min(missing, fresh.size());
    size_ += taken;
    count_ += is_text_ ? detail::count_characters(fresh.substr(0, taken)) : taken;
    return count_ == limit_;
  }
  /// The bytes of the characters found.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// How many characters are still missing.
  [[nodiscard]] std::size_t missing() const noexcept { return limit_ - count_; }

 private:
  bool is_text_;
  std::size_t limit_;
  std::size_t count_ = 0;
  std::size_t size_ = 0;
};

}  // namespace

std::string Stream::read() {
  StreamCore& source = readable(core());
  while (source.fill(unlimited)) {
  }
  return source.take(source.buffered().size());
}

std::string Stream::read(std::size_t count) {
  StreamCore& source = readable(core());
  const bool unbuffered = source.format().bufsize == 0 && !is_text();
  Measure measure(source, count);
  while (!measure.extend(source.buffered())) {
    const bool has_more = source.fill(measure.missing());
    if (!has_more || unbuffered) {
      measure.extend(source.buffered());
      break;
    }
  }
  return source.take(measure.size());
}

std::string Stream::read1(std::size_t limit) {
  StreamCore& source = readable(core());
  if (is_text()) {
    throw UsageError("read1 is for binary mode: use read or readline");
  }
  if (source.buffered().empty() && limit > 0) {
    static_cast<void>(source.fill(limit));
  }
  return source.take(std::min(limit, source.buffered().size()));
}

std::string Stream::readline(std::size_t limit) {
  StreamCore& source = readable(core());
  Measure measure(source, limit);
  std::size_t searched = 0;
  for (;;) {
    const std::string_view text = source.buffered();
    const std::size_t newline = text.find('\n', searched);
    const std::size_t line = newline == std::string_view::npos ? text.size() : newline + 1;
    if (limit != unlimited && measure.extend(text.substr(0, line))) {
      return source.take(measure.size());
    }
    searched = text.size();
    if (newline != std::string_view::npos || !source.fill(1)) {
      return source.take(line);
    }
  }
}

std::vector<std::string> Stream::readlines() {
  std::vector<std::string> lines;
  for (std::string line = readline(); !line.empty(); line = readline()) {
    lines.push_back(std::move(line));
  }
  return lines;
}

Stream::LineIterator Stream::begin() {
  return LineIterator(*this);
}

Stream::LineIterator Stream::end() noexcept {
  return {};
}

std::size_t Stream::write(BytesView data) {
  StreamCore& target = writable(core());
  target.write(data.text());
  return is_text() ? detail::count_written_characters(data.text()) : data.size();
}

void Stream::flush() {
  StreamCore& target = core();
  if (target.direction() == StreamCore::Direction::write) {
    writable(target).flush();
  }
}

void Stream::close() {
  core().close();
}

bool Stream::closed() const {
  return core().is_closed();
}

native_handle Stream::fileno() const {
  const StreamCore& source = core();
  if (source.is_closed()) {
    throw ValueError("I/O operation on closed stream");
  }
  return source.pipe().get();
}

bool Stream::is_text() const {
  return core().format().text.has_value();
}

std::string Stream::repr() const {
  if (core_ == nullptr) {
    return "None";
  }
  const std::string name =
      closed() ? "closed" : fmt::format("{}", platform::number_of(core_->pipe().get()));
  if (const auto& text = core_->format().text) {
    return fmt::format("<_io.TextIOWrapper name={} encoding='{}'>", name, text->name);
  }
  const bool reads = core_->direction() == StreamCore::Direction::read;
  if (core_->format().bufsize == 0) {
    return fmt::format("<_io.FileIO name={} mode='{}' closefd=True>", name, reads ? "rb" : "wb");
  }
  return fmt::format("<_io.Buffered{} name={}>", reads ? "Reader" : "Writer", name);
}

Stream::LineIterator::LineIterator(Stream& stream) : stream_(&stream) {
  ++*this;
}

Stream::LineIterator& Stream::LineIterator::operator++() {
  line_ = stream_->readline();
  if (line_.empty()) {
    stream_ = nullptr;
  }
  return *this;
}

std::ostream& operator<<(std::ostream& out, const Stream& stream) {
  return out << stream.repr();
}

}  // namespace progeny::subprocess
