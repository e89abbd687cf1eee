#include <progeny/multiprocessing/detail/block_reference.hpp>

#include "multiprocessing/memory/shared_block.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/serial/reader.hpp>
#include <progeny/serial/writer.hpp>

#include <fmt/core.h>

#include <cstddef>
#include <limits>
#include <memory>
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

// Both assignments leave the old block to a temporary, because a dropped block must pass through
// the destructor, which offers it to `Keeping`.
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

// A forked child uses the parent's block without being counted. While the arguments of a started
// process are destroyed, `Keeping` therefore holds the block until that process has ended.
BlockReference::~BlockReference() {
  Keeping::let_go(std::move(block_));
}

void BlockReference::save(serial::Writer& writer) const {
  block_->save(writer);
}

BlockReference BlockReference::load(serial::Reader& reader, const Layout& element) {
  auto block = SharedBlock::load(reader, 0, element.alignment);
  if (block->size() % element.size != 0) {
    reader.fail(fmt::format(
        "{} bytes of shared memory are not a multiple of {}", block->size(), element.size));
  }
  return {std::move(block), element};
}

}  // namespace progeny::multiprocessing::detail
