#include <progeny/multiprocessing/shared_memory/shared_memory.hpp>

#include "base/repr.hpp"
#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "multiprocessing/shared_memory/shared_memory.hpp"
#include "platform/memory/anonymous_memory.hpp"
#include "platform/memory/mapping.hpp"
#include "platform/memory/named_memory.hpp"
#include "platform/system/random.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/serial.hpp>  // IWYU pragma: keep (the codec of strings)

#include <fmt/core.h>

#include <cstddef>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::shared_memory {

// This process's attachment to a block: the block itself is the memory that all attachments share.
struct SharedMemory::Attachment {
  Attachment(std::string its_name,
             platform::MemoryIdentity its_identity,
             std::shared_ptr<platform::Mapping> its_mapping)
      : name(std::move(its_name)),
        identity(std::move(its_identity)),
        size(its_mapping->size()),
        mapping(std::move(its_mapping)) {}

  std::string name;
  platform::MemoryIdentity identity;
  std::size_t size;
  std::shared_ptr<platform::Mapping> mapping;  ///< Null once it is closed. `hold` shares it.
};

namespace {

// As in Python: with its slash the name fits into the 14 bytes that POSIX guarantees.
std::string made_up_name() {
  std::string name = "psm_";
  for (const char byte : platform::random_bytes(4)) {
    name += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return name;
}

[[noreturn]] void fail(const std::error_code& error, const char* call, const std::string& name) {
  throw OSError(error, call, "/" + name);
}

void check(const SharedMemoryOptions& options) {
  if (options.size < 0) {
    throw ValueError(fmt::format("'size' must be a positive integer, not {}", options.size));
  }
  if (options.create && options.size == 0) {
    throw ValueError("'size' must be a positive number different from zero");
  }
  if (!options.create && !options.name) {
    throw ValueError("'name' can only be left out with create = true");
  }
  if (options.name && options.name->find('\0') != std::string::npos) {
    throw ValueError("embedded null character in the name of shared memory");
  }
}

// A block gets its name in this order, so that a kill at any point leaves nothing behind and
// destroys nothing of others:
//
//   memory   tracker   name     a kill here
//   made     -         -        the kernel frees the memory, which has no name
//   made     knows     -        the tracker looks for the name, and finds none or another's memory
//   made     knows     exists   the tracker removes the name
//
// The tracker compares the memory's identity before it removes a name. So it never removes the name
// of another's block, even if giving the name failed because it was taken.
std::error_code give_name(const Handle& memory, const detail::TrackedName& name, bool tracked) {
  if (const auto error = platform::check_name(name.name)) {
    return error;
  }
  if (tracked) {
    detail::track(name);
  }
  const auto error = platform::give_name(memory.get(), name.name);
  if (error && tracked) {
    detail::untrack(name);
  }
  return error;
}

// Gives the memory the name of the options, or makes names up until one is free. Returns the name.
std::string give_some_name(const Handle& memory,
                           platform::MemoryIdentity identity,
                           const SharedMemoryOptions& options) {
  for (;;) {
    std::string name = options.name ? *options.name : made_up_name();
    const auto error =
        give_name(memory, {.name = name, .memory = identity}, options.track.value_or(true));
    if (!error) {
      return name;
    }
    if (options.name || error != std::errc::file_exists) {
      fail(error, "shm_open", name);
    }
  }
}

Handle create(const SharedMemoryOptions& options) {
  try {
    return platform::make_memory_to_name(static_cast<std::size_t>(options.size));
  } catch (const OSError& error) {
    throw OSError(error.code(), error.call(), "/" + options.name.value_or("psm_"));
  }
}

Handle open(const std::string& name) {
  auto found = platform::open_memory(name);
  if (found.error) {
    fail(found.error, "shm_open", name);
  }
  return std::move(found.memory);
}

}  // namespace

SharedMemory::SharedMemory(const SharedMemoryOptions& options) {
  check(options);
  auto name = options.name.value_or("");
  const Handle memory = options.create ? create(options) : open(name);
  const auto size = platform::size_of_named_memory(memory.get());
  if (size == 0) {
    throw ValueError(fmt::format("shared memory '{}' has no bytes to map", name));
  }
  const auto identity = platform::identity_of(memory.get());
  auto mapping = std::make_shared<platform::Mapping>(memory.get(), size);
  if (options.create) {
    name = give_some_name(memory, identity, options);
  } else if (options.track.value_or(false)) {
    detail::track({.name = name, .memory = identity});
  }
  attachment_ = std::make_unique<Attachment>(std::move(name), identity, std::move(mapping));
}

SharedMemory::SharedMemory(std::string_view name)
    : SharedMemory(SharedMemoryOptions{.name = std::string(name)}) {}
SharedMemory::SharedMemory(SharedMemory&& other) noexcept = default;
SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept = default;
SharedMemory::~SharedMemory() = default;

SharedMemory::Attachment& SharedMemory::attachment() const {
  if (!attachment_) {
    throw UsageError("this SharedMemory was moved from");
  }
  return *attachment_;
}

const std::string& SharedMemory::name() const {
  return attachment().name;
}

std::size_t SharedMemory::size() const {
  return attachment().size;
}

std::span<std::byte> SharedMemory::buf() const {
  const auto& mapping = attachment().mapping;
  if (!mapping) {
    throw ValueError(fmt::format("shared memory '{}' is closed", name()));
  }
  return {mapping->data(), mapping->size()};
}

std::shared_ptr<std::byte[]> SharedMemory::hold() const {
  const auto bytes = buf();
  return {attachment().mapping, bytes.data()};
}

void SharedMemory::close() {
  auto& mapping = attachment().mapping;
  if (mapping.use_count() > 1) {
    throw UsageError(fmt::format("shared memory '{}' cannot be closed while it is held", name()));
  }
  mapping.reset();
}

void SharedMemory::unlink() const {
  if (const auto error = platform::remove_name(name())) {
    fail(error, "shm_unlink", name());
  }
  detail::untrack(detail::SharedMemoryAccess::tracked_name(*this));
}

std::ostream& operator<<(std::ostream& out, const SharedMemory& memory) {
  return out << "SharedMemory(" << progeny::detail::repr_text(memory.name())
             << ", size=" << memory.size() << ')';
}

}  // namespace progeny::multiprocessing::shared_memory

namespace progeny::multiprocessing::detail {

TrackedName SharedMemoryAccess::tracked_name(const shared_memory::SharedMemory& memory) {
  return {.name = memory.name(), .memory = memory.attachment().identity};
}

}  // namespace progeny::multiprocessing::detail

namespace progeny::serial {

using multiprocessing::shared_memory::SharedMemory;

void Codec<SharedMemory>::save(Writer& writer, const SharedMemory& value) {
  writer.write(value.name());
}

SharedMemory Codec<SharedMemory>::load(Reader& reader) {
  const auto name = reader.read<std::string>();
  if (name.find('\0') != std::string::npos) {
    reader.fail("a name of shared memory with a NUL in it");
  }
  return SharedMemory(name);
}

}  // namespace progeny::serial
