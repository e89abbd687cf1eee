#include <progeny/serial/archive.hpp>

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace progeny::serial {

void Writer::put_size(std::size_t size) {
  const auto number = static_cast<std::uint64_t>(size);
  put(&number, sizeof number);
}

void Writer::put_handle(native_handle handle) {
  if (handles_ == Handles::refused) {
    throw RuntimeError(
        "a kernel object (a connection, a lock, shared memory) can only be passed to a process "
        "that "
        "is started, or be sent over a local connection");
  }
  const auto index = static_cast<std::uint32_t>(message_.handles.size());
  message_.handles.push_back(handle);
  put(&index, sizeof index);
}

bool Writer::put_shared(const void* address, std::type_index type) {
  const auto next = static_cast<std::uint32_t>(shared_.size());
  const auto [entry, is_new] = shared_.try_emplace({address, type}, next);
  put(&entry->second, sizeof entry->second);
  return is_new;
}

const char* Reader::take(std::size_t size) {
  if (size > rest_.size()) {
    fail(fmt::format("{} bytes are needed, {} are left", size, rest_.size()));
  }
  const char* const begin = rest_.data();
  rest_.remove_prefix(size);
  return begin;
}

std::size_t Reader::take_size(std::size_t smallest) {
  std::uint64_t size = 0;
  std::memcpy(&size, take(sizeof size), sizeof size);
  if (size > rest_.size() / smallest) {
    fail(fmt::format("{} elements cannot be in the {} bytes that are left", size, rest_.size()));
  }
  return static_cast<std::size_t>(size);
}

Handle Reader::take_handle() {
  std::uint32_t index = 0;
  std::memcpy(&index, take(sizeof index), sizeof index);
  if (index >= message_.handles.size() || !message_.handles[index]) {
    fail(fmt::format("there is no handle {}", index));
  }
  return std::move(message_.handles[index]);
}

void Reader::require_end() const {
  if (!rest_.empty()) {
    fail(fmt::format("{} bytes are left over", rest_.size()));
  }
}

void Reader::fail(std::string_view reason) const {
  throw DecodeError(fmt::format("cannot decode a message of {} bytes, at byte {}: {}",
                                message_.bytes.size(),
                                message_.bytes.size() - rest_.size(),
                                reason));
}

std::shared_ptr<void> Reader::take_shared(std::type_index type, std::uint32_t& number) {
  std::memcpy(&number, take(sizeof number), sizeof number);
  if (number == shared_.size()) {
    shared_.push_back({type, nullptr});
    return nullptr;
  }
  // A number that is not known, one of an object of another type, and one of an object that is
  // still being read: none of them was written by a Writer.
  if (number > shared_.size() || shared_[number].type != type || !shared_[number].object) {
    fail(fmt::format("there is no shared object {} of that type", number));
  }
  return shared_[number].object;
}

void Reader::keep_shared(std::uint32_t number, std::type_index type, std::shared_ptr<void> object) {
  shared_[number] = {type, std::move(object)};
}

Reader::Level::Level(Reader& reader) : reader_(reader) {
  if (reader.level_ == deepest) {
    reader.fail(fmt::format("values are nested deeper than {} levels", deepest));
  }
  ++reader.level_;
}

}  // namespace progeny::serial
