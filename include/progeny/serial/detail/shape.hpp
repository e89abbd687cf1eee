#pragma once

// What a message begins with: a number made of the structure of its type, so that a message is
// never taken for one of another type. Not for users.

#include <progeny/serial/codec.hpp>

#include <cstdint>
#include <string_view>

namespace progeny::serial::detail {

/// FNV-1a, one step.
constexpr std::uint32_t mix(std::uint32_t hash, std::uint32_t value) noexcept {
  return (hash ^ value) * 16'777'619U;
}

template <class T>
consteval std::uint32_t mix_name(std::uint32_t hash) {
  for (const char c : name_of_type<T>()) {
    hash = mix(hash, static_cast<unsigned char>(c));
  }
  return hash;
}

template <class T, class... Seen>
consteval std::uint32_t mix_shape(std::uint32_t hash);

template <class T, class... Seen, std::size_t... Index>
consteval std::uint32_t mix_elements(std::uint32_t hash,
                                     std::index_sequence<Index...> /*indices*/) {
  ((hash = mix_shape<std::remove_cvref_t<std::tuple_element_t<Index, T>>, Seen...>(hash)), ...);
  return hash;
}

template <class T, class... Seen, std::size_t... Index>
consteval std::uint32_t mix_fields(std::uint32_t hash, std::index_sequence<Index...> /*indices*/) {
  ((hash = mix_shape<boost::pfr::tuple_element_t<Index, T>, Seen..., T>(hash)), ...);
  return hash;
}

template <class... Seen, class... Types>
consteval std::uint32_t mix_alternatives(std::uint32_t hash,
                                         const std::variant<Types...>* /*type*/) {
  ((hash = mix_shape<Types, Seen...>(hash)), ...);
  return hash;
}

template <class T>
consteval std::uint32_t mix_scalar(std::uint32_t hash) {
  const std::uint32_t kind = std::is_floating_point_v<T>                ? 'f'
                             : std::is_enum_v<T> || std::is_signed_v<T> ? 'i'
                                                                        : 'u';
  return mix(mix(hash, kind), sizeof(T));
}

/// What is alike in the bytes is alike in the number: all sequences of a type, all aggregates of
/// the same fields. What cannot be looked into goes by its name.
template <class T, class... Seen>
consteval std::uint32_t mix_shape(std::uint32_t hash) {
  if constexpr ((std::same_as<T, Seen> || ...)) {
    return mix(hash, 'r');
  } else if constexpr (HasOwnCodec<T>) {
    return mix_name<T>(hash);
  } else if constexpr (Scalar<T> || Bool<T>) {
    return mix_scalar<T>(hash);
  } else if constexpr (TupleLike<T>) {
    return mix(
        mix_elements<T, Seen...>(mix(hash, '('), std::make_index_sequence<std::tuple_size_v<T>>()),
        ')');
  } else if constexpr (is_instance<T, std::variant>) {
    return mix(mix_alternatives<Seen...>(mix(hash, '<'), static_cast<const T*>(nullptr)), '>');
  } else if constexpr (is_instance<T, std::optional>) {
    return mix_shape<typename T::value_type, Seen...>(mix(hash, '?'));
  } else if constexpr (is_std_array<T>) {
    return mix_shape<typename T::value_type, Seen...>(
        mix(mix(hash, 'a'), static_cast<std::uint32_t>(std::tuple_size_v<T>)));
  } else if constexpr (Associative<T> || Sequence<T>) {
    return mix_shape<Element<T>, Seen...>(mix(hash, 's'));
  } else if constexpr (is_instance<T, std::unique_ptr> || is_instance<T, std::shared_ptr>) {
    return mix_shape<std::remove_const_t<typename T::element_type>, Seen...>(
        mix(hash, is_instance<T, std::unique_ptr> ? 'o' : 'h'));
  } else if constexpr (Plain<T>) {
    return mix(mix_fields<T, Seen...>(mix(hash, '{'),
                                      std::make_index_sequence<boost::pfr::tuple_size_v<T>>()),
               '}');
  } else {
    return mix_name<T>(hash);
  }
}

template <class T>
inline constexpr std::uint32_t shape = mix_shape<T>(2'166'136'261U);

template <class T>
void save_message(Writer& writer, const T& value) {
  require_transferable<T>();
  writer.put(&shape<T>, sizeof shape<T>);
  save_value(writer, value);
}

template <class T>
[[nodiscard]] T load_message(Reader& reader) {
  require_transferable<T>();
  if (load_bytes<std::uint32_t>(reader) != shape<T>) {
    reader.fail("it holds a value of another type than is asked for");
  }
  T value = load_value<T>(reader);
  reader.require_end();
  return value;
}

}  // namespace progeny::serial::detail
