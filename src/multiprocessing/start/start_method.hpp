#pragma once

// The start method of the default context.

#include <progeny/multiprocessing/process.hpp>

#include <optional>
#include <string_view>

namespace progeny::multiprocessing::detail {

[[nodiscard]] const char* name_of(StartMethod method) noexcept;

/// Throws ValueError for a method that this system has not.
[[nodiscard]] StartMethod method_of(std::string_view name);

/// That of the default context, which is fixed by this.
[[nodiscard]] StartMethod default_start_method();

/// In a child: the one that started it, which it goes on with.
void take_over_start_method(StartMethod method) noexcept;

}  // namespace progeny::multiprocessing::detail
