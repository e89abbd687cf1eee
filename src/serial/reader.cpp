#include <progeny/serial/reader.hpp>

#include "platform/program/stack_left.hpp"

#include <progeny/serial/shape.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace progeny::serial {

namespace {

constexpr unsigned char long_count = 255;  // See Writer::write_count.

Kind kind_of(std::uint32_t fingerprint) noexcept {
  return static_cast<Kind>(fingerprint >> 24U);
}

}  // namespace

struct Reader::SharedObject {
  std::shared_ptr<void> object;  // None while it is being read.
  const std::type_info* type;
};

Reader::Reader(std::string_view bytes,
               std::span<Handle> handles,
               std::string_view type,
               Origin origin) noexcept
    : bytes_(bytes), handles_(handles), type_(type), origin_(origin) {}

Reader::~Reader() = default;

std::size_t Reader::read_number() {
  unsigned char byte = 0;
  read_bytes(&byte, 1);
  if (byte != long_count) {
    return byte;
  }
  std::uint64_t number = 0;
  read_bytes(&number, sizeof number);
  if (number < long_count || !std::in_range<std::size_t>(number)) {
    fail(fmt::format("the number {} is written as none of its size is", number));
  }
  return static_cast<std::size_t>(number);
}

std::size_t Reader::read_count(std::size_t element_size) {
  const std::size_t count = read_number();
  if (count > remaining() / element_size) {
    fail(fmt::format("{} elements of at least {} bytes are announced where {} bytes are left",
                     count,
                     element_size,
                     remaining()));
  }
  return count;
}

std::size_t Reader::room_for(std::size_t count, std::size_t size) const noexcept {
  return std::min(count, remaining() / size + 1);
}

Handle Reader::take_handle(std::uint32_t index) {
  static_cast<void>(borrow_handle(index));
  return std::move(handles_[index]);
}

native_handle Reader::borrow_handle(std::uint32_t index) const {
  if (index >= handles_.size()) {
    fail(fmt::format(
        "handle {} is asked for, and {} came with the message", index, handles_.size()));
  }
  if (!handles_[index]) {
    fail(fmt::format("handle {} is asked for after it was taken", index));
  }
  return handles_[index].get();
}

void Reader::expect_fingerprint(std::uint32_t fingerprint) {
  std::uint32_t found = 0;
  read_bytes(&found, sizeof found);
  if (found == fingerprint) {
    return;
  }
  const Kind kind = kind_of(found);
  position_ = 0;
  fail(fmt::format("the message holds {}{}",
                   name_of(kind),
                   kind == kind_of(fingerprint) ? " of another structure" : ""));
}

void Reader::expect_end() const {
  if (remaining() != 0) {
    fail(fmt::format("{} bytes are left behind the value", remaining()));
  }
}

std::shared_ptr<void> Reader::begin_shared(std::size_t id, const std::type_info& type) {
  if (id == shared_.size() + 1) {
    shared_.push_back({nullptr, &type});
    return nullptr;
  }
  if (id > shared_.size()) {
    fail(fmt::format("a shared object {} is meant, and there are {}", id, shared_.size()));
  }
  const SharedObject& known = shared_[id - 1];
  if (*known.type != type) {
    fail(fmt::format("shared object {} is of another type", id));
  }
  if (!known.object) {
    fail(fmt::format("shared object {} owns itself", id));
  }
  return known.object;
}

void Reader::end_shared(std::size_t id, std::shared_ptr<void> object) noexcept {
  shared_[id - 1].object = std::move(object);
}

void Reader::fail(std::string_view reason) const {
  throw DecodeError(type_, position_, reason);
}

void Reader::fail_truncated(std::size_t size) const {
  fail(fmt::format("{} bytes are needed where {} are left", size, remaining()));
}

void Reader::fail_for_memory(std::size_t count, std::size_t size) const {
  fail(fmt::format(
      "{} objects of {} bytes are announced where {} bytes of memory are left of the {} "
      "that the value may take",
      count,
      size,
      memory_left_,
      memory_limit_));
}

void Reader::too_deep(std::size_t cost) const {
  if (cost <= max_depth - depth_) {
    fail(fmt::format("nested too deep for the stack of this thread, of which {} bytes are left",
                     platform::stack_left()));
  }
  fail(fmt::format("nested deeper than {} levels", max_depth));
}

}  // namespace progeny::serial
