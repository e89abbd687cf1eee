#pragma once

// Global objects that work before `main`, in static destructors and in a forked child.

#include "base/made_early.hpp"
#include "platform/process/fork.hpp"

#include <atomic>
#include <memory>

namespace progeny::platform {

/// The one `T` of this process, made by its default constructor.
///
/// Three things go wrong with a plain global, and this prevents them:
///
///     a static destructor uses it after its own         it is never destroyed
///     fork(2) copies it while a thread constructs it    it is made when the program is loaded
///     fork(2) copies it while a thread holds its mutex  the forking thread holds the mutex
///
/// `T` has a `mutex`, a std::mutex that guards its other members. A thread that holds it must not
/// lock the mutex of another `PerProcess`: fork(2) locks all of them, in an order of its own.
///
/// `T` may have a member function `after_fork_in_child() noexcept`. It runs in each forked child,
/// with the mutex held, and drops what belongs to the parent alone.
template <class T>
class PerProcess {
 public:
  [[nodiscard]] static T& get() {
    static_cast<void>(&early_);  // Its use is what makes the compiler define it.
    return *pointer().load(std::memory_order_acquire);
  }

  /// Puts `fresh` in the place of the object, which stays as it is for those that still use it.
  /// For a child that must not go on with what it has copied.
  static void replace(std::unique_ptr<T> fresh) {
    pointer().store(fresh.release(), std::memory_order_release);
  }

 private:
  // The load in `get` acquires what the store in `replace` released: a whole `T`.
  static std::atomic<T*>& pointer() {
    static std::atomic<T*> only{make()};
    return only;
  }

  // The hooks come last: they cannot be taken back if the constructor throws.
  static T* make() {
    auto made = std::make_unique<T>();
    on_fork({.before = []() noexcept { get().mutex.lock(); },
             .after_in_parent = []() noexcept { get().mutex.unlock(); },
             .after_in_child = go_on_in_child});
    return made.release();
  }

  static void go_on_in_child() noexcept {
    T& copied = get();
    if constexpr (requires { copied.after_fork_in_child(); }) {
      copied.after_fork_in_child();
    }
    copied.mutex.unlock();
  }

  static inline const detail::MadeEarly early_{get};
};

}  // namespace progeny::platform
