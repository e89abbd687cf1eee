#include <progeny/serial/writer.hpp>

#include "platform/program/stack_left.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <typeindex>
#include <utility>

namespace progeny::serial {

Claim::~Claim() = default;

Claims& Claims::operator=(Claims&& other) noexcept {
  // By way of a new object, whose destructor gives back those that this one had.
  Claims taken(std::move(other));
  claims_.swap(taken.claims_);
  return *this;
}

void Claims::give_back() noexcept {
  for (const auto& claim : claims_) {
    claim->give_back();
  }
  claims_.clear();
}

namespace {

// The largest count that takes one byte. The next higher byte announces eight more.
constexpr unsigned char largest_short_count = 254;

}  // namespace

struct Writer::SharedObjects {
  // An object and its first member lie at one address: the type tells them apart.
  using Key = std::pair<const void*, std::type_index>;

  std::map<Key, std::size_t> ids;
  std::vector<bool> written;  // By id - 1: whether `end_shared` has been called.
};

// The staging buffer is left as it is: clearing it would cost more than most messages.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): as said.
Writer::Writer(Handles handles) noexcept : allowed_(handles) {}

Writer::~Writer() = default;

void Writer::write_through(const void* data, std::size_t size) {
  flushed_.append(staging_.data(), staged_);
  staged_ = 0;
  if (size >= staging_.size()) {
    flushed_.append(static_cast<const char*>(data), size);
  } else {
    write_bytes(data, size);
  }
}

void Writer::write_count(std::size_t count) {
  if (count <= largest_short_count) {
    const auto byte = static_cast<unsigned char>(count);
    write_bytes(&byte, 1);
    return;
  }
  const unsigned char long_follows = largest_short_count + 1;
  write_bytes(&long_follows, 1);
  const std::uint64_t wide = count;
  write_bytes(&wide, sizeof wide);
}

std::uint32_t Writer::add_handle(native_handle handle) {
  if (allowed_ == Handles::refused) {
    throw RuntimeError(
        "a value with a handle in it (a connection, a lock, a file) cannot become bytes alone: it "
        "can only be sent to a process of this machine, by a local connection or a queue");
  }
  handles_.push_back(handle);
  return static_cast<std::uint32_t>(handles_.size() - 1);
}

std::uint32_t Writer::share_handle(native_handle handle) {
  const auto found = std::ranges::find(handles_, handle);
  return found == handles_.end() ? add_handle(handle)
                                 : static_cast<std::uint32_t>(found - handles_.begin());
}

void Writer::reserve(std::size_t size) {
  if (size > staging_.size()) {
    flushed_.reserve(this->size() + size);
  }
}

std::string_view Writer::bytes() {
  if (flushed_.empty()) {
    return {staging_.data(), staged_};
  }
  flushed_.append(staging_.data(), staged_);
  staged_ = 0;
  return flushed_;
}

Outgoing Writer::take() {
  // For a short message this is the one allocation, as the string is empty.
  flushed_.append(staging_.data(), staged_);
  staged_ = 0;
  return {
      .bytes = std::move(flushed_), .handles = std::move(handles_), .claims = std::move(claims_)};
}

Writer::Shared Writer::begin_shared(const void* object, const std::type_info& type) {
  if (!shared_) {
    shared_ = std::make_unique<SharedObjects>();
  }
  const auto [found, is_new] =
      shared_->ids.try_emplace({object, std::type_index(type)}, shared_->ids.size() + 1);
  if (is_new) {
    shared_->written.push_back(false);
  } else if (!shared_->written[found->second - 1]) {
    throw ValueError("shared pointers that form a ring cannot travel: an object owns itself");
  }
  return {.id = found->second, .is_new = is_new};
}

void Writer::end_shared(std::size_t id) noexcept {
  shared_->written[id - 1] = true;
}

bool detail::has_stack_for(std::size_t bytes) noexcept {
  // A level keeps its object a few times over in a build without optimisation. At the end of the
  // last one an exception may be made and thrown.
  constexpr std::size_t copies = 4;
  constexpr std::size_t reserve = std::size_t{32} << 10;
  const std::size_t left = platform::stack_left();
  return left > reserve && (left - reserve) / copies >= bytes;
}

void Writer::too_deep(std::size_t cost) const {
  if (cost <= max_depth - depth_) {
    throw ValueError(
        fmt::format("a value that is nested too deep for the stack of this thread, of which {} "
                    "bytes are left, cannot travel",
                    platform::stack_left()));
  }
  throw ValueError(
      fmt::format("a value that is nested deeper than {} levels cannot travel", max_depth));
}

}  // namespace progeny::serial
