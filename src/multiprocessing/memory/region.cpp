#include "multiprocessing/memory/region.hpp"

#include "platform/ipc/socket.hpp"
#include "platform/process/per_process.hpp"

#include <progeny/serial.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
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

// Makes a region and notes it. The caller holds the mutex.
std::shared_ptr<Region> keep(KnownRegions& known, Handle memory, std::size_t size) {
  std::erase_if(known.regions, [](const auto& entry) { return entry.second.expired(); });
  const auto identity = platform::identity_of(memory.get());
  auto region = std::make_shared<Region>(std::move(memory), size);
  known.regions[identity] = region;
  return region;
}

}  // namespace

Region::Region(Handle memory, std::size_t size)
    : memory_(std::move(memory)), mapping_(memory_.get(), size) {}

// Memory that does not grow is memory whose room is its size.
std::shared_ptr<Region> Region::make(const char* name, std::size_t size) {
  return make_growing(name, size, size);
}

std::shared_ptr<Region> Region::attach(native_handle memory) {
  return attach_growing(memory, platform::size_of_anonymous_memory(memory));
}

std::shared_ptr<Region> Region::make_growing(const char* name, std::size_t size, std::size_t room) {
  Handle memory = platform::make_anonymous_memory(name, size);
  auto& known = known_regions();
  const std::lock_guard lock(known.mutex);
  return keep(known, std::move(memory), room);
}

std::shared_ptr<Region> Region::attach_growing(native_handle memory, std::size_t room) {
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
  return keep(known, platform::duplicate(memory), room);
}

void Region::reserve(std::size_t offset, std::size_t size) const {
  platform::reserve_memory(memory_.get(), offset, size);
}

// Another process may have made the memory grow. This process has address space for the whole room
// already, so nothing has to be mapped anew.
bool Region::has_now(std::size_t offset, std::size_t size) const {
  const std::size_t now = std::min(platform::size_of_anonymous_memory(memory_.get()), this->size());
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
