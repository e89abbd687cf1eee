#include <progeny/base/handle.hpp>

#include <utility>

namespace progeny {

Handle& Handle::operator=(Handle&& other) noexcept {
  if (this != &other) {
    reset();
    handle_ = other.release();
  }
  return *this;
}

native_handle Handle::release() noexcept {
  return std::exchange(handle_, none());
}

void Handle::reset() noexcept {
  const native_handle handle = release();
  if (handle != none()) {
    close(handle);
  }
}

}  // namespace progeny
