#pragma once

// Error codes across processes: a category is an object, so its name travels.

#include "serial/record.hpp"

#include <string>
#include <system_error>

namespace progeny::serial::detail {

void write_code(RecordWriter& out, const std::error_code& code);

/// - Throws: ValueError if the category is not one of the standard library.
[[nodiscard]] std::error_code read_code(RecordReader& in);

}  // namespace progeny::serial::detail
