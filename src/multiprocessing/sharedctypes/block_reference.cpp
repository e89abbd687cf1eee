// What Value and Array have in common for all types.

#include <progeny/multiprocessing/detail/block_reference.hpp>

#include "multiprocessing/memory/shared_block.hpp"
#include "multiprocessing/synchronize/lock_state.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/detail/own_lock.hpp>
#include <progeny/multiprocessing/detail/shared_type.hpp>
#include <progeny/multiprocessing/sharedctypes/slice.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

std::ptrdiff_t bytes_for(std::ptrdiff_t count, std::size_t element_size) {
  if (count < 0) {
    throw ValueError(fmt::format("an array cannot have {} elements", count));
  }
  const auto size = static_cast<std::ptrdiff_t>(element_size);
  if (count > std::numeric_limits<std::ptrdiff_t>::max() / size) {
    throw std::overflow_error(
        fmt::format("an array of {} elements of {} bytes is larger than any memory can be",
                    count,
                    element_size));
  }
  return count * size;
}

}  // namespace

BlockReference::BlockReference(std::ptrdiff_t count, const Layout& element)
    : BlockReference(SharedBlock::make(bytes_for(count, element.size), element.alignment),
                     element) {}

BlockReference::BlockReference(std::shared_ptr<SharedBlock> block, const Layout& element) noexcept
    : block_(std::move(block)), data_(block_->data()), count_(block_->size() / element.size) {}

BlockReference::BlockReference(const BlockReference&) noexcept = default;
BlockReference::BlockReference(BlockReference&&) noexcept = default;

BlockReference& BlockReference::operator=(const BlockReference& other) noexcept {
  BlockReference taken(other);
  return *this = std::move(taken);
}

BlockReference& BlockReference::operator=(BlockReference&& other) noexcept {
  BlockReference taken(std::move(other));
  std::swap(block_, taken.block_);
  std::swap(data_, taken.data_);
  std::swap(count_, taken.count_);
  return *this;
}

BlockReference::~BlockReference() {
  Keeping::let_go(std::move(block_));
}

void BlockReference::save(serial::Writer& writer) const {
  block_->save(writer);
}

BlockReference BlockReference::load(serial::Reader& reader, const Layout& element) {
  auto block = SharedBlock::load(reader, 0, element.alignment);
  if (block->size() % element.size != 0) {
    reader.fail(fmt::format("{} bytes of shared memory are no whole number of elements of {}",
                            block->size(),
                            element.size));
  }
  return {std::move(block), element};
}

template <>
Lock own_lock<Lock>() {
  return SynchronizeAccess::make<Lock>(SharedObject::make_in_heap(sizeof(LockState)));
}

template <>
RLock own_lock<RLock>() {
  return SynchronizeAccess::make<RLock>(SharedObject::make_in_heap(sizeof(LockState)));
}

void throw_no_element(std::ptrdiff_t index, std::size_t size) {
  throw std::out_of_range(
      fmt::format("array index {} is out of range: there are {} elements", index, size));
}

void throw_other_length(std::size_t given, std::size_t count) {
  throw ValueError(
      fmt::format("can only assign as many elements as the slice has: {}, not {}", count, given));
}

void throw_too_long(std::size_t given, std::size_t size) {
  throw ValueError(fmt::format("{} characters are too many for an array of {}", given, size));
}

Elements elements_of(const sharedctypes::Slice& slice, std::size_t size) {
  if (slice.step == 0) {
    throw ValueError("slice step cannot be zero");
  }
  const auto length = static_cast<std::ptrdiff_t>(size);
  const bool forward = slice.step > 0;
  // Where a slice in this direction can begin and end.
  const std::ptrdiff_t lowest = forward ? 0 : -1;
  const std::ptrdiff_t highest = forward ? length : length - 1;
  const auto clipped = [&](std::ptrdiff_t index) {
    return std::clamp(index < 0 ? index + length : index, lowest, highest);
  };
  const std::ptrdiff_t first = slice.start ? clipped(*slice.start) : (forward ? lowest : highest);
  const std::ptrdiff_t end = slice.stop ? clipped(*slice.stop) : (forward ? highest : lowest);
  const std::ptrdiff_t distance = forward ? end - first : first - end;
  if (distance <= 0) {
    return {.first = first, .step = slice.step, .count = 0};
  }
  // A step beyond the array is as good as one as long as it, and can be negated.
  const std::ptrdiff_t step = std::clamp(slice.step, -(length + 1), length + 1);
  const std::ptrdiff_t stride = forward ? step : -step;
  return {
      .first = first, .step = step, .count = static_cast<std::size_t>((distance - 1) / stride + 1)};
}

}  // namespace progeny::multiprocessing::detail
