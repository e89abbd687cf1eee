#pragma once

// The list of extended attributes that CreateProcess takes. Windows only.

#include "platform/system/win32.windows.hpp"

#include <cstddef>
#include <memory>

namespace progeny::platform {

/// A list of up to three attributes. It refers to their values, which must outlive it.
class ProcessAttributes {
 public:
  /// - Throws: OSError.
  ProcessAttributes();
  ProcessAttributes(const ProcessAttributes&) = delete;
  ProcessAttributes& operator=(const ProcessAttributes&) = delete;
  ~ProcessAttributes();

  /// Adds an attribute.
  /// - Throws: OSError.
  void set(DWORD_PTR attribute, void* value, std::size_t size);
  /// For STARTUPINFOEX.
  [[nodiscard]] LPPROC_THREAD_ATTRIBUTE_LIST get() const noexcept;

 private:
  std::unique_ptr<std::byte[]> memory_;
};

}  // namespace progeny::platform
