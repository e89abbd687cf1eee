#include "subprocess/streams/capture.hpp"

#include "platform/memory/page_advice.hpp"

#include <algorithm>
#include <new>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::subprocess::detail {

namespace {

// As much as one read takes out of a pipe: large enough to make few calls, small enough to stay
// in the processor's second cache.
constexpr std::size_t block_size = 256UL * 1024;
// Output up to this size, which is most output, is first read into a buffer beside the string. So
// the string gets exactly the size that it needs.
constexpr std::size_t small_size = 64UL * 1024;
// Within bulk output one read may take all that a large pipe holds. There may be a poll(2) and a
// write to the child between two reads, so fewer reads also save those.
constexpr std::size_t bulk_size = 4UL * 1024 * 1024;
constexpr std::size_t bulk_block_size = 1024UL * 1024;
constexpr std::size_t huge_page_size = 4UL * 1024 * 1024;

// Growth copies the output into fresh memory, which the system must clear; that costs as much as
// reading it. Memory costs when it is touched, address space does not. So the string asks for much
// at once, up to a size that few outputs exceed, and doubles from there on.
constexpr std::size_t large_growth = 16;
constexpr std::size_t large_growth_limit = 2048UL * 1024 * 1024;

bool try_reserve(std::string& bytes, std::size_t capacity) {
  try {
    bytes.reserve(capacity);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

// Falls back to less where address space is short.
void grow(std::string& bytes, std::size_t least) {
  const std::size_t twice = std::max(least, bytes.capacity() * 2);
  const std::size_t much = std::max(twice, std::min(least * large_growth, large_growth_limit));
  if (!try_reserve(bytes, much) && !try_reserve(bytes, twice)) {
    bytes.reserve(least);
  }
  if (bytes.capacity() >= huge_page_size) {
    platform::advise_large_pages(bytes.data(), bytes.capacity());
  }
}

// Bytes as they are, read straight into the string that is returned.
class BytesCapture final : public Capture {
 public:
  explicit BytesCapture(std::string head) : bytes_(std::move(head)), used_(bytes_.size()) {}

  std::span<char> space() override {
    if (used_ < small_size) {
      return first_;
    }
    // The string is longer than its content, by the part that the next read fills. So each byte is
    // cleared once, just before the kernel overwrites it while it is still in the cache.
    if (bytes_.size() == used_) {
      const std::size_t wanted = used_ < bulk_size ? block_size : bulk_block_size;
      if (bytes_.capacity() - used_ < wanted) {
        grow(bytes_, used_ + wanted);
      }
      bytes_.resize(used_ + wanted);
    }
    return std::span(bytes_).subspan(used_);
  }

  void filled(std::size_t count) override {
    if (used_ < small_size) {
      bytes_.append(first_, count);
    }
    used_ += count;
  }

  void finish() override { bytes_.resize(used_); }

  [[nodiscard]] std::optional<std::string> so_far() const override {
    return bytes_.substr(0, used_);
  }

  [[nodiscard]] std::optional<std::string> take() override { return std::move(bytes_); }

 private:
  std::string bytes_;
  std::size_t used_;
  char first_[small_size];  // Filled by reads.
};

// Decodes block by block. An error is kept until everything is read: the child must not be left
// with a full pipe because of it.
class Decoding {
 public:
  explicit Decoding(Decoder& decoder) : decoder_(decoder) {}

  void add(std::string_view bytes, bool is_last, std::string& text) {
    if (error_) {
      return;
    }
    try {
      decoder_.decode(bytes, is_last, text);
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  void rethrow() const {
    if (error_) {
      std::rethrow_exception(error_);
    }
  }

 private:
  Decoder& decoder_;
  std::exception_ptr error_;
};

class TextCapture final : public Capture {
 public:
  TextCapture(std::string head, Decoder& decoder) : text_(std::move(head)), decoding_(decoder) {}

  std::span<char> space() override { return block_; }
  void filled(std::size_t count) override { decoding_.add({block_, count}, false, text_); }
  void finish() override {
    decoding_.add({}, true, text_);
    decoding_.rethrow();
  }
  [[nodiscard]] std::optional<std::string> so_far() const override { return text_; }
  [[nodiscard]] std::optional<std::string> take() override { return std::move(text_); }

 private:
  std::string text_;
  Decoding decoding_;
  char block_[small_size];  // Filled by reads.
};

class CallbackCapture final : public Capture {
 public:
  CallbackCapture(std::string head, Decoder* decoder, OutputCallback callback)
      : text_(std::move(head)), callback_(std::move(callback)), block_(block_size) {
    if (decoder != nullptr) {
      decoding_.emplace(*decoder);
    }
  }

  std::span<char> space() override {
    hand_over();  // What was read ahead goes first.
    return block_;
  }
  void filled(std::size_t count) override {
    const std::string_view bytes(block_.data(), count);
    if (decoding_) {
      decoding_->add(bytes, false, text_);
      hand_over();
    } else if (!bytes.empty()) {
      callback_(bytes);
    }
  }
  void finish() override {
    if (decoding_) {
      decoding_->add({}, true, text_);
    }
    hand_over();
    if (decoding_) {
      decoding_->rethrow();
    }
  }
  [[nodiscard]] std::optional<std::string> so_far() const override { return std::nullopt; }
  [[nodiscard]] std::optional<std::string> take() override { return std::nullopt; }

 private:
  void hand_over() {
    if (!text_.empty()) {
      const std::string text = std::exchange(text_, {});
      callback_(text);
    }
  }

  std::string text_;
  std::optional<Decoding> decoding_;
  OutputCallback callback_;
  std::vector<char> block_;
};

}  // namespace

std::unique_ptr<Capture> make_capture(std::string head,
                                      Decoder* decoder,
                                      const OutputCallback& callback) {
  if (callback) {
    return std::make_unique<CallbackCapture>(std::move(head), decoder, callback);
  }
  if (decoder != nullptr) {
    return std::make_unique<TextCapture>(std::move(head), *decoder);
  }
  return std::make_unique<BytesCapture>(std::move(head));
}

}  // namespace progeny::subprocess::detail
