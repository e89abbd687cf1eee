#pragma once

// What a double click does.

#include <string>
#include <vector>

namespace progeny::platform {

/// The program that opens documents in the user's programs, with the arguments that go before the
/// document.
[[nodiscard]] std::vector<std::string> document_opener();

/// What its return code means: empty for success.
[[nodiscard]] std::string document_opener_error(int returncode);

/// Logical processors of the machine; 0 if unknown.
[[nodiscard]] int processor_count() noexcept;

}  // namespace progeny::platform
