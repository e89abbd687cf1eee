#pragma once

// Keyed digests.

#include <cstdint>
#include <string>
#include <string_view>

namespace progeny::platform {

enum class Digest : std::uint8_t { md5, sha256, sha384, sha3_256, sha3_384 };

/// The HMAC of `message` (RFC 2104). The first call loads OpenSSL's libcrypto.
///
/// Throws OSError with the call `dlopen` and the library's name if libcrypto is not installed;
/// RuntimeError if the system does not have the digest, as under a policy that forbids MD5.
[[nodiscard]] std::string hmac(Digest digest, std::string_view key, std::string_view message);

/// Whether the two are equal. The time it takes depends on their lengths alone.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace progeny::platform
