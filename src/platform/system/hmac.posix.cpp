#include "platform/system/hmac.hpp"

#include "platform/system/library.hpp"

#include <progeny/base/errors.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/opensslv.h>

#include <array>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace progeny::platform {

namespace {

// Before OpenSSL 3.0 the whole version was the name's.
#ifdef OPENSSL_SHLIB_VERSION
#  define PROGENY_TEXT_OF(number) #number
#  define PROGENY_TEXT(macro) PROGENY_TEXT_OF(macro)
constexpr const char* libcrypto_name = "libcrypto.so." PROGENY_TEXT(OPENSSL_SHLIB_VERSION);
#else
constexpr const char* libcrypto_name = "libcrypto.so." SHLIB_VERSION_NUMBER;
#endif

/// The functions of OpenSSL's libcrypto that are used here. It is the largest of the libraries that
/// progeny uses, and most programs have no connection with a key.
struct Libcrypto {
  // Without its exit handler, which would free what threads still use while the process exits.
  Libcrypto() { init(OPENSSL_INIT_NO_ATEXIT, nullptr); }

  Library library{libcrypto_name};

  decltype(&::OPENSSL_init_crypto) init = library["OPENSSL_init_crypto"];
  decltype(&::EVP_md5) md5 = library["EVP_md5"];
  decltype(&::EVP_sha256) sha256 = library["EVP_sha256"];
  decltype(&::EVP_sha384) sha384 = library["EVP_sha384"];
  decltype(&::EVP_sha3_256) sha3_256 = library["EVP_sha3_256"];
  decltype(&::EVP_sha3_384) sha3_384 = library["EVP_sha3_384"];
  decltype(&::HMAC) hmac = library["HMAC"];
};

constinit LoadedOnce<Libcrypto> libcrypto;

const EVP_MD* method_of(const Libcrypto& crypto, Digest digest) noexcept {
  switch (digest) {
    case Digest::md5:
      return crypto.md5();
    case Digest::sha256:
      return crypto.sha256();
    case Digest::sha384:
      return crypto.sha384();
    case Digest::sha3_256:
      return crypto.sha3_256();
    case Digest::sha3_384:
      return crypto.sha3_384();
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
  const Libcrypto& crypto = libcrypto.get();
  // A null key would mean "the key of last time" to OpenSSL.
  const std::string_view some_key = key.empty() ? std::string_view("") : key;
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  const LibraryLock lock;  // HMAC() takes locks that libcrypto does not repair after a fork.
  if (crypto.hmac(method_of(crypto, digest),
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

// Looks at every byte whatever the earlier ones were; `volatile` keeps the compiler from stopping
// at the first difference.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) {
    return false;
  }
  volatile unsigned int difference = 0;
  for (std::size_t index = 0; index < a.size(); ++index) {
    difference = difference | static_cast<unsigned char>(a[index] ^ b[index]);
  }
  return difference == 0;
}

}  // namespace progeny::platform
