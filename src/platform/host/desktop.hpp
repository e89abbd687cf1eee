#pragma once

// What a double click does.

#include <cstdint>
#include <string>
#include <vector>

namespace progeny::platform {

/// Opens a document in the user's program for it by a call of the system. False where there is no
/// such call, and `document_opener` does it. Throws OSError with the call `startfile` and the name.
bool open_by_system(const std::string& document);

/// The program that opens documents in the user's programs, with the arguments that go before the
/// document.
[[nodiscard]] std::vector<std::string> document_opener();

/// What its return code means: empty for success.
[[nodiscard]] std::string document_opener_error(std::int64_t returncode);

}  // namespace progeny::platform
