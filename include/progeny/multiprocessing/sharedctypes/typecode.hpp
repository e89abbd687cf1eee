#pragma once

// The type codes of Python's `multiprocessing.Value` and `array` as C++ types.

#include <progeny/export.hpp>  // IWYU pragma: keep (it asks for C++20)

#include <type_traits>

namespace progeny::multiprocessing::detail {

template <char Code>
struct TypeOfCode {
  static_assert(Code == 0,
                "there is no such typecode: c, u, b, B, h, H, i, I, l, L, q, Q, f and d are");
};

template <>
struct TypeOfCode<'c'> : std::type_identity<char> {};
template <>
struct TypeOfCode<'u'> : std::type_identity<wchar_t> {};
template <>
struct TypeOfCode<'b'> : std::type_identity<signed char> {};
template <>
struct TypeOfCode<'B'> : std::type_identity<unsigned char> {};
template <>
struct TypeOfCode<'h'> : std::type_identity<short> {};
template <>
struct TypeOfCode<'H'> : std::type_identity<unsigned short> {};
template <>
struct TypeOfCode<'i'> : std::type_identity<int> {};
template <>
struct TypeOfCode<'I'> : std::type_identity<unsigned int> {};
template <>
struct TypeOfCode<'l'> : std::type_identity<long> {};
template <>
struct TypeOfCode<'L'> : std::type_identity<unsigned long> {};
template <>
struct TypeOfCode<'q'> : std::type_identity<long long> {};
template <>
struct TypeOfCode<'Q'> : std::type_identity<unsigned long long> {};
template <>
struct TypeOfCode<'f'> : std::type_identity<float> {};
template <>
struct TypeOfCode<'d'> : std::type_identity<double> {};

}  // namespace progeny::multiprocessing::detail

namespace progeny::multiprocessing::sharedctypes {

/// The type with Python's type code `Code`: `Value<typecode<'i'>>` is Python's `Value('i')`.
///
/// The codes are `c` char, `u` wchar_t, `b` signed char, `h` short, `i` int, `l` long, `q` long
/// long, `f` float and `d` double. The capitals `B`, `H`, `I`, `L` and `Q` are the unsigned types.
/// Other letters do not compile.
///
/// - Python: the `typecode_or_type` argument of `Value` and `Array`.
template <char Code>
using typecode = typename detail::TypeOfCode<Code>::type;  // NOLINT(readability-identifier-naming)

}  // namespace progeny::multiprocessing::sharedctypes

namespace progeny::multiprocessing {

using sharedctypes::typecode;

}  // namespace progeny::multiprocessing
