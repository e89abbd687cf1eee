#pragma once

// A file that a test hands to a child by its descriptor.

#include <progeny/base/handle.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace progeny::testing {

/// Closes a C stream.
struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
/// The owner of a C stream.
using File = std::unique_ptr<std::FILE, CloseFile>;

/// A file without a name that matters, open for reading and writing, at its start, and kept from
/// children that are not given it.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text = {});
  MemoryFile(MemoryFile&& other) noexcept
      : handle_(std::move(other.handle_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  MemoryFile& operator=(MemoryFile&&) = delete;
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();

  /// What the C library calls it.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// What the system calls it.
  [[nodiscard]] const Handle& handle() const { return handle_; }
  /// A C stream over a descriptor of its own for the same open file.
  [[nodiscard]] File stream() const;
  /// The offset, which a child shares.
  [[nodiscard]] long offset() const;
  /// Sets the offset.
  void seek(long offset) const;
  /// All that is in it, whatever the offset.
  [[nodiscard]] std::string contents() const;

 private:
  Handle handle_;
  int descriptor_ = -1;  // Of this handle, and its owner where it is something else.
};

}  // namespace progeny::testing
