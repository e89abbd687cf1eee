#pragma once

// One object for each thread, which code that runs at the end of the program may ask for.
//
// The objects that a thread has by `thread_local` are destroyed before those of static storage. So
// a static object of the host whose destructor uses the library would find them gone.

namespace progeny::detail {

/// The `T` of the calling thread, made on first use by its default constructor. Each kind of object
/// takes a type of its own.
template <class T>
class PerThread {
 public:
  /// Returns null once it has been destroyed.
  [[nodiscard]] static T* get() {
    if (is_over) {
      return nullptr;
    }
    thread_local Owned owned;
    return &owned.value;
  }

 private:
  // Has no destructor, so it can be read until the thread is gone.
  static inline thread_local bool is_over = false;

  struct Owned {
    T value{};

    Owned() = default;
    Owned(const Owned&) = delete;
    Owned& operator=(const Owned&) = delete;
    ~Owned() { is_over = true; }
  };
};

}  // namespace progeny::detail
