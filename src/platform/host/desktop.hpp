#pragma once

// Opening a document in the user's program for it, as a double click does.

#include <cstdint>
#include <string>
#include <vector>

namespace progeny::platform {

/// Opens a document by a call of the system, and does not wait for the program.
/// - Returns: false where the system has no such call; `document_opener` does it there.
/// - Throws: OSError with the call `startfile` and the document.
bool open_by_system(const std::string& document);

/// The program that opens documents, with the arguments that go before the document. Empty where
/// `open_by_system` does it.
[[nodiscard]] std::vector<std::string> document_opener();

/// What the return code of that program means, as a sentence. Empty for success.
[[nodiscard]] std::string document_opener_error(std::int64_t returncode);

}  // namespace progeny::platform
