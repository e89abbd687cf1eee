// The pickles that Python writes of lists of one plain type, and of bytes. A pickle that has
// anything else in it, or is damaged, or beyond a limit, is none of them: `loads` then says why.

#include "pickle/machine/reader.hpp"
#include "pickle/value/integers.hpp"
#include "pickle/value/wtf8.hpp"

#include <progeny/pickle/types/direct.hpp>

#include <algorithm>
#include <bit>
#include <optional>

namespace progeny::pickle::detail {

namespace {

class Cursor {
 public:
  explicit Cursor(std::string_view data) : data_(data) {}

  // Behind the end stands a zero, which is no instruction.
  [[nodiscard]] Opcode opcode() noexcept {
    return static_cast<Opcode>(at_ < data_.size() ? data_[at_++] : '\0');
  }
  [[nodiscard]] bool has(std::uint64_t count) const noexcept { return count <= data_.size() - at_; }
  // Of `count` bytes, which must be there.
  [[nodiscard]] std::uint64_t number(std::size_t count) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(data_[at_ + i])) << (i * 8);
    }
    at_ += count;
    return value;
  }
  [[nodiscard]] std::optional<std::string_view> block(std::size_t bytes_of_length) noexcept {
    if (!has(bytes_of_length)) {
      return {};
    }
    const std::uint64_t count = number(bytes_of_length);
    if (!has(count)) {
      return {};
    }
    const std::string_view block = data_.substr(at_, static_cast<std::size_t>(count));
    at_ += block.size();
    return block;
  }
  [[nodiscard]] std::size_t at() const noexcept { return at_; }
  [[nodiscard]] bool skip(std::size_t count) noexcept {
    if (!has(count)) {
      return false;
    }
    at_ += count;
    return true;
  }
  [[nodiscard]] bool skip_frame() noexcept { return has(8) && has(8 + peek_frame()) && skip(8); }

 private:
  [[nodiscard]] std::uint64_t peek_frame() noexcept {
    const std::size_t before = at_;
    const std::uint64_t size = number(8);
    at_ = before;
    return size < data_.size() ? size : data_.size();
  }

  std::string_view data_;
  std::size_t at_ = 0;
};

// Skips what stands before the value. Returns its first instruction.
[[nodiscard]] std::optional<Opcode> skip_header(Cursor& in) {
  if (in.opcode() != Opcode::proto || !in.has(1)) {
    return {};
  }
  if (const std::uint64_t protocol = in.number(1); protocol > highest_protocol) {
    return {};
  }
  const Opcode next = in.opcode();
  if (next != Opcode::frame) {
    return next;
  }
  return in.skip_frame() ? std::optional(in.opcode()) : std::nullopt;
}

// Skips what gives a number to the topmost value: only a value that is asked for again needs it.
enum class Skipped { yes, no, damaged };

Skipped skip_memo(Cursor& in, Opcode opcode) {
  switch (opcode) {
    case Opcode::memoize:
      return Skipped::yes;
    case Opcode::binput:
      return in.skip(1) ? Skipped::yes : Skipped::damaged;
    case Opcode::long_binput:
      return in.skip(4) ? Skipped::yes : Skipped::damaged;
    default:
      return Skipped::no;
  }
}

bool take_item(Cursor& in, Opcode opcode, std::vector<std::int64_t>& items) {
  std::size_t size = 1;
  switch (opcode) {
    case Opcode::binint1:
      break;
    case Opcode::binint2:
      size = 2;
      break;
    case Opcode::binint:
      if (!in.has(4)) {
        return false;
      }
      items.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(in.number(4))));
      return true;
    case Opcode::long1: {
      const auto bytes = in.block(1);
      if (!bytes || bytes->size() > sizeof(std::int64_t)) {
        return false;
      }
      items.push_back(small_integer(*bytes));
      return true;
    }
    default:
      return false;
  }
  if (!in.has(size)) {
    return false;
  }
  items.push_back(static_cast<std::int64_t>(in.number(size)));
  return true;
}

bool take_item(Cursor& in, Opcode opcode, std::vector<double>& items) {
  if (opcode != Opcode::binfloat || !in.has(sizeof(double))) {
    return false;
  }
  // The one number of a pickle whose highest byte comes first.
  items.push_back(std::bit_cast<double>(__builtin_bswap64(in.number(sizeof(double)))));
  return true;
}

bool take_item(Cursor& in, Opcode opcode, std::vector<std::string>& items) {
  const std::size_t size = opcode == Opcode::short_binunicode ? 1
                           : opcode == Opcode::binunicode     ? 4
                                                              : 0;
  const auto text = size == 0 ? std::nullopt : in.block(size);
  if (!text || invalid_wtf8(*text) != std::string_view::npos) {
    return false;
  }
  items.emplace_back(*text);
  return true;
}

// What an item costs there, at most, where it is a value.
std::size_t cost_of(const std::vector<std::string>& items) {
  return 2 * cost_of_value + cost_of_node + items.back().size();
}
template <class T>
std::size_t cost_of(const std::vector<T>& /*items*/) {
  return cost_of_value + sizeof(T);
}

template <class T>
bool read_list(std::string_view data, const LoadLimits& limits, std::vector<T>& items) {
  Cursor in(data);
  if (data.size() > limits.size || limits.depth < 2 || skip_header(in) != Opcode::empty_list) {
    return false;
  }
  enum class State { outside, one_item, batch } state = State::outside;
  std::size_t cost = cost_of_node + 2 * cost_of_value;
  for (;;) {
    const Opcode opcode = in.opcode();
    if (state != State::one_item && take_item(in, opcode, items)) {
      state = state == State::outside ? State::one_item : state;
      cost += cost_of(items);
      if (cost > limits.memory) {
        return false;
      }
      // The others will be about as long as the first ones.
      if (constexpr std::size_t first_ones = 64; items.size() == first_ones) {
        const std::size_t all = data.size() / (in.at() / first_ones) + 1;
        items.reserve(std::min(all, limits.memory / cost_of_value));
      }
      continue;
    }
    if (const Skipped skipped = skip_memo(in, opcode); skipped != Skipped::no) {
      if (skipped == Skipped::damaged) {
        return false;
      }
    } else if (opcode == Opcode::mark && state == State::outside) {
      state = State::batch;
    } else if (opcode == (state == State::batch ? Opcode::appends : Opcode::append) &&
               state != State::outside) {
      state = State::outside;
    } else if (opcode == Opcode::frame) {
      if (!in.skip_frame()) {
        return false;
      }
    } else {
      return opcode == Opcode::stop && state == State::outside;
    }
  }
}

}  // namespace

bool read_direct(BytesView data, const LoadLimits& limits, std::vector<std::int64_t>& value) {
  value.clear();
  return read_list(data.text(), limits, value);
}

bool read_direct(BytesView data, const LoadLimits& limits, std::vector<double>& value) {
  value.clear();
  return read_list(data.text(), limits, value);
}

bool read_direct(BytesView data, const LoadLimits& limits, std::vector<std::string>& value) {
  value.clear();
  return read_list(data.text(), limits, value);
}

bool read_direct(BytesView data, const LoadLimits& limits, std::vector<std::byte>& value) {
  Cursor in(data.text());
  const auto opcode = skip_header(in);
  const std::size_t size = opcode == Opcode::short_binbytes ? 1
                           : opcode == Opcode::binbytes     ? 4
                           : opcode == Opcode::binbytes8    ? 8
                                                            : 0;
  const auto block = size == 0 ? std::nullopt : in.block(size);
  if (!block || data.size() > limits.size ||
      2 * cost_of_value + cost_of_node + block->size() > limits.memory) {
    return false;
  }
  Opcode end = in.opcode();
  if (const Skipped skipped = skip_memo(in, end); skipped == Skipped::yes) {
    end = in.opcode();
  }
  if (end != Opcode::stop) {
    return false;
  }
  const auto* const begin = reinterpret_cast<const std::byte*>(block->data());
  value.assign(begin, begin + block->size());
  return true;
}

}  // namespace progeny::pickle::detail
