// The body of {fmt}, compiled into this library: a program that links progeny loads no libfmt.
//
// All sources see fmt in an inline namespace of its own (src/CMakeLists.txt), so that nothing here
// has a name in common with the fmt that the host uses, be it the same version or another.

#include <fmt/format-inl.h>

// Declared `extern` in <fmt/format.h>, where other sources use them.
template fmt::detail::thousands_sep_result<char> fmt::detail::thousands_sep_impl<char>(
    fmt::detail::locale_ref);
template char fmt::detail::decimal_point_impl<char>(fmt::detail::locale_ref);
template fmt::detail::dragonbox::decimal_fp<float> fmt::detail::dragonbox::to_decimal(
    float) noexcept;
template fmt::detail::dragonbox::decimal_fp<double> fmt::detail::dragonbox::to_decimal(
    double) noexcept;
