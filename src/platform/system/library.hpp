#pragma once

// Shared libraries that are loaded when they are first needed, not with the program: loading one
// costs more than all the rest of a small program's start.

#include <atomic>

namespace progeny::platform {

/// Where a function of a library is. Becomes a pointer to a function of the type that is asked for.
class LibrarySymbol {
 public:
  explicit LibrarySymbol(void* address) noexcept : address_(address) {}

  template <class Function>
  operator Function*() const noexcept {  // NOLINT(google-explicit-constructor): that is its point.
    return reinterpret_cast<Function*>(address_);
  }

 private:
  void* address_;
};

/// A shared library, loaded for the rest of the process's life: the library's own exit handlers
/// and thread-local objects make unloading it unsafe.
class Library {
 public:
  /// Loads the library, by the name that the dynamic linker looks for. Its initialisers run.
  /// Throws OSError with the call `dlopen` and the name.
  explicit Library(const char* name);

  /// Throws OSError with the call `dlsym` and the function's name if the library has no such
  /// function.
  [[nodiscard]] LibrarySymbol operator[](const char* function) const;

 private:
  void* handle_;
};

/// Held while a library is loaded, and while a library computes under locks of its own. A fork
/// waits for it: the copy of the process would find the dynamic linker's lists half made, or wait
/// for ever for a lock whose owner was not copied. While holding another mutex that forks wait
/// for, do not take it.
class LibraryLock {
 public:
  LibraryLock();
  LibraryLock(const LibraryLock&) = delete;
  LibraryLock& operator=(const LibraryLock&) = delete;
  ~LibraryLock();
};

/// The functions of a library that is loaded at their first use. `Functions` looks them up when it
/// is constructed; it is constructed once and never destroyed.
template <class Functions>
class LoadedOnce {
 public:
  /// Throws what the constructor of `Functions` throws; the next call then tries again.
  /// - Threads: safe.
  [[nodiscard]] const Functions& get() {
    // Acquire pairs with the release store below: a thread that sees the pointer also sees the
    // object.
    const Functions* functions = functions_.load(std::memory_order_acquire);
    return functions != nullptr ? *functions : load();
  }

 private:
  const Functions& load() {
    const LibraryLock lock;
    const Functions* functions = functions_.load(std::memory_order_relaxed);
    if (functions == nullptr) {
      functions = new Functions;
      functions_.store(functions, std::memory_order_release);
    }
    return *functions;
  }

  std::atomic<const Functions*> functions_{nullptr};
};

}  // namespace progeny::platform
