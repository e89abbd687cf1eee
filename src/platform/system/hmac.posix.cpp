#include "platform/system/hmac.hpp"

#include <progeny/base/errors.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <limits>

namespace progeny::platform {

namespace {

const EVP_MD* method_of(Digest digest) noexcept {
  switch (digest) {
    case Digest::md5:
      return EVP_md5();
    case Digest::sha256:
      return EVP_sha256();
    case Digest::sha384:
      return EVP_sha384();
    case Digest::sha3_256:
      return EVP_sha3_256();
    case Digest::sha3_384:
      return EVP_sha3_384();
  }
  return nullptr;
}

const unsigned char* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string hmac(Digest digest, std::string_view key, std::string_view message) {
  if (key.size() > std::numeric_limits<int>::max()) {
    throw ValueError("a key of 2 GiB or more cannot be used");
  }
  // A null key would mean "the key of last time" to OpenSSL.
  const std::string_view some_key = key.empty() ? std::string_view("") : key;
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  if (HMAC(method_of(digest),
           bytes_of(some_key),
           static_cast<int>(some_key.size()),
           bytes_of(message),
           message.size(),
           mac.data(),
           &size) == nullptr) {
    throw RuntimeError("OpenSSL cannot compute this HMAC: its policy does not allow the digest");
  }
  return {reinterpret_cast<const char*>(mac.data()), size};
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace progeny::platform
