#pragma once

// Pointers that own: std::unique_ptr, std::shared_ptr.

#include <progeny/serial/codec.hpp>
#include <progeny/serial/types/scalars.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace progeny::serial {

namespace detail {

/// What an owning pointer may point to in a message. Not a class with virtual functions unless it
/// is final: the object may be of a derived class, whose other members would be cut off.
template <class T>
concept Owned = std::is_object_v<T> && !std::is_array_v<T> && !std::is_volatile_v<T> &&
                (!std::is_polymorphic_v<T> || std::is_final_v<T>);

}  // namespace detail

/// Whether it owns an object, then the object.
template <detail::Owned T>
struct Codec<std::unique_ptr<T>> {
  using Object = std::remove_const_t<T>;
  static constexpr std::size_t min_size = 1;
  static constexpr std::size_t nesting = 1;  // The object goes to the heap at once.
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::unique_pointer);
    shape.nested<Object>();
  }
  static void save(Writer& writer, const std::unique_ptr<T>& value) {
    writer.write(value != nullptr);
    if (value) {
      writer.write<Object>(*value);
    }
  }
  static std::unique_ptr<T> load(Reader& reader) {
    if (!reader.read<bool>()) {
      return nullptr;
    }
    reader.take_nodes(1, sizeof(Object));
    // Not make_unique: it would move, which not every type can.
    return std::unique_ptr<T>(new Object(reader.read<Object>()));
  }
};

/// The number of the object that it owns, or 0. Where a number comes first, the object follows. So
/// pointers that share an object in the sender share one in the receiver. The number is looked up
/// together with the type, so that no message can pass one object off as another.
template <detail::Owned T>
struct Codec<std::shared_ptr<T>> {
  using Object = std::remove_const_t<T>;
  static constexpr std::size_t min_size = 1;
  static constexpr std::size_t nesting = 1;  // The object goes to the heap at once.
  static constexpr void describe(Shape& shape) {
    shape.kind(Kind::shared_pointer);
    shape.nested<Object>();
  }
  static void save(Writer& writer, const std::shared_ptr<T>& value) {
    if (!value) {
      writer.write_count(0);
      return;
    }
    const auto [id, is_new] = writer.begin_shared(value.get(), typeid(Object));
    writer.write_count(id);
    if (is_new) {
      writer.write<Object>(*value);
      writer.end_shared(id);
    }
  }
  static std::shared_ptr<T> load(Reader& reader) {
    const std::size_t id = reader.read_number();
    if (id == 0) {
      return nullptr;
    }
    if (const std::shared_ptr<void> known = reader.begin_shared(id, typeid(Object))) {
      return std::static_pointer_cast<Object>(known);
    }
    reader.take_nodes(1, sizeof(Object));
    std::shared_ptr<Object> object(new Object(reader.read<Object>()));
    reader.end_shared(id, object);
    return object;
  }
};

}  // namespace progeny::serial
