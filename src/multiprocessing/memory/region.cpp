#include "multiprocessing/memory/region.hpp"

#include "platform/ipc/socket.hpp"
#include "platform/process/per_process.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/serial.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// The regions that this process has, by what identifies their memory. Never destroyed: objects of
// static storage may use it later. Held across forks, so that the child's copy is whole.
struct KnownRegions {
  std::mutex mutex;  ///< Guards `regions`.
  std::map<platform::MemoryIdentity, std::weak_ptr<Region>> regions;
};

KnownRegions& known_regions() {
  return platform::PerProcess<KnownRegions>::get();
}

// The most address space that a region takes before it is needed.
constexpr std::size_t most_ahead = std::size_t{64} << 20;

// Makes a region and notes it. The caller holds the mutex.
std::shared_ptr<Region> keep(KnownRegions& known, Handle memory, std::size_t size) {
  std::erase_if(known.regions, [](const auto& entry) { return entry.second.expired(); });
  const auto identity = platform::identity_of(memory.get());
  auto region = std::make_shared<Region>(std::move(memory), size);
  known.regions[identity] = region;
  return region;
}

}  // namespace

// Bytes from `begin` on.
struct Region::Part {
  std::size_t begin;
  platform::Mapping mapping;
  const Part* older;
};

Region::Region(Handle memory, std::size_t size)
    : memory_(std::move(memory)), mapping_(memory_.get(), size) {}

Region::~Region() {
  for (const Part* part = parts_.load(std::memory_order_acquire); part != nullptr;) {
    const std::unique_ptr<const Part> last(part);
    part = last->older;
  }
}

// Memory that does not grow is mapped as a whole.
std::shared_ptr<Region> Region::make(const char* name, std::size_t size) {
  return make_growing(name, size, size);
}

std::shared_ptr<Region> Region::attach(native_handle memory) {
  return attach_growing(memory, platform::size_of_anonymous_memory(memory));
}

std::shared_ptr<Region> Region::make_growing(const char* name,
                                             std::size_t size,
                                             std::size_t mapped) {
  Handle memory = platform::make_anonymous_memory(name, size);
  auto& known = known_regions();
  const std::lock_guard lock(known.mutex);
  return keep(known, std::move(memory), mapped);
}

std::shared_ptr<Region> Region::attach_growing(native_handle memory, std::size_t mapped) {
  // Throws unless the memory is sealed against shrinking: else its maker could raise SIGBUS here.
  static_cast<void>(platform::size_of_anonymous_memory(memory));
  auto& known = known_regions();
  const std::lock_guard lock(known.mutex);
  const auto found = known.regions.find(platform::identity_of(memory));
  if (found != known.regions.end()) {
    if (auto region = found->second.lock()) {
      return region;
    }
  }
  // With a descriptor of its own: the caller may close the one that the memory came by.
  return keep(known, platform::duplicate(memory), mapped);
}

void Region::reserve(std::size_t offset, std::size_t size) const {
  platform::reserve_memory(memory_.get(), offset, size);
}

bool Region::give_back(std::size_t offset, std::size_t size) const noexcept {
  return platform::give_memory_back(memory_.get(), offset, size);
}

// The bytes in one of the parts from this one on; null if they are in none.
std::byte* Region::mapped(const Part* from, std::size_t offset, std::size_t size) const {
  for (const Part* part = from; part != nullptr; part = part->older) {
    const std::size_t mapped = part->mapping.size();
    if (offset >= part->begin && size <= mapped && offset - part->begin <= mapped - size) {
      return part->mapping.data() + (offset - part->begin);
    }
  }
  return nullptr;
}

// Parts grow with what is mapped already, so there are few. If address space is short (ulimit -v),
// only what is needed is taken. A thread that loses the race against another keeps its part, too.
std::byte* Region::map(std::size_t offset, std::size_t size) const {
  const Part* newest = parts_.load(std::memory_order_acquire);
  if (std::byte* const known = mapped(newest, offset, size)) {
    return known;
  }
  const std::size_t page = platform::page_size();
  const std::size_t begin = offset / page * page;
  const std::size_t needed = offset - begin + size;
  const std::size_t ahead =
      std::min(size_of_parts_.load(std::memory_order_relaxed) / 4, most_ahead) / page * page;
  auto part = std::make_unique<Part>(Part{.begin = begin, .mapping = {}, .older = newest});
  try {
    part->mapping = platform::Mapping(memory_.get(), std::max(needed, ahead), begin);
  } catch (const OSError&) {
    if (ahead <= needed) {
      throw;
    }
    part->mapping = platform::Mapping(memory_.get(), needed, begin);
  }
  size_of_parts_.fetch_add(part->mapping.size(), std::memory_order_relaxed);
  std::byte* const data = part->mapping.data() + (offset - begin);
  while (!parts_.compare_exchange_weak(
      part->older, part.get(), std::memory_order_acq_rel, std::memory_order_acquire)) {
  }
  static_cast<void>(part.release());  // The list has it.
  return data;
}

// Another process may have made the memory grow.
bool Region::has_now(std::size_t offset, std::size_t size) const {
  const std::size_t now = platform::size_of_anonymous_memory(memory_.get());
  known_size_.store(now, std::memory_order_relaxed);
  return offset <= now && size <= now - offset;
}

// The index of the handle in the message.
void save_region(serial::Writer& writer, const Region& region) {
  const std::uint32_t index = writer.share_handle(region.handle());
  writer.write(index);
}

std::shared_ptr<Region> load_region(serial::Reader& reader) {
  return Region::attach(reader.borrow_handle(reader.read<std::uint32_t>()));
}

void save_place(serial::Writer& writer, const Place& place) {
  save_region(writer, *place.region);
  writer.write(std::uint64_t{place.offset});
  writer.write(std::uint64_t{place.size});
}

Place load_place(serial::Reader& reader, std::size_t least, std::size_t alignment) {
  auto region = load_region(reader);
  const auto offset = reader.read<std::uint64_t>();
  const auto size = reader.read<std::uint64_t>();
  // In this order, so that no sum overflows: all three numbers may be anything.
  if (size < least || offset % alignment != 0 || offset > region->size() ||
      size > region->size() - offset) {
    reader.fail(fmt::format("{} bytes at {} do not fit an object into {} bytes of shared memory",
                            size,
                            offset,
                            region->size()));
  }
  return {.region = std::move(region), .offset = offset, .size = size};
}

}  // namespace progeny::multiprocessing::detail
