#pragma once

// Memory that forked processes share.

#include <new>

#include <sys/mman.h>

namespace progeny::testing {

/// A `T` of zeros that forked processes share.
template <class T>
class Shared {
 public:
  Shared() {
    void* const memory =
        ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    value_ = new (memory) T();  // NOLINT(cppcoreguidelines-owning-memory): unmapped below.
  }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared() { ::munmap(value_, sizeof(T)); }
  T* operator->() const { return value_; }

 private:
  T* value_;
};

}  // namespace progeny::testing
