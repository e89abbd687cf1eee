#pragma once

// Which exception types travel as themselves.

#include <progeny/serial/register_exception.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

namespace progeny::serial::detail {

/// What is known of `type`, which may be what `std::throw_with_nested` made of a registered one;
/// null if nothing.
[[nodiscard]] std::shared_ptr<const ExceptionCodec> codec_of(const std::type_info& type);

/// What is known of the type of that name in the bytes; null if nothing.
[[nodiscard]] std::shared_ptr<const ExceptionCodec> codec_named(std::string_view name);

/// Appends what the standard library throws.
void add_standard_exceptions(std::vector<ExceptionCodec>& codecs);

/// Appends what progeny's base and this folder throw.
void add_own_exceptions(std::vector<ExceptionCodec>& codecs);

}  // namespace progeny::serial::detail
