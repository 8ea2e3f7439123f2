// The one-shot calls of libcrypto 3.0 look the algorithm up by name each time: 0.9 µs against 0.13 µs for 64
// bytes (measured). A state tree of a million leaves hashes millions of such pieces.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "ledger/crypto/hash.hpp"

#include "ledger/base/assert.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

namespace tidewaiter::crypto {

namespace {

constexpr std::size_t kBlockBytes = 64;

Hash digest_of(std::initializer_list<ByteView> parts) {
    SHA256_CTX context;
    TW_ASSERT(SHA256_Init(&context) == 1);
    for (const ByteView part : parts) {
        TW_ASSERT(SHA256_Update(&context, part.data(), part.size()) == 1);
    }
    Hash hash;
    TW_ASSERT(SHA256_Final(hash.data(), &context) == 1);
    return hash;
}

} // namespace

Hash sha256(ByteView bytes) {
    return digest_of({bytes});
}

Hash sha256(std::initializer_list<ByteView> parts) {
    return digest_of(parts);
}

// RFC 2104.
Hash hmac_sha256(ByteView key, ByteView message) {
    std::array<std::uint8_t, kBlockBytes> block{};
    if (key.size() > kBlockBytes) {
        const Hash short_key = sha256(key);
        std::ranges::copy(short_key, block.begin());
    } else {
        std::ranges::copy(key, block.begin());
    }
    std::array<std::uint8_t, kBlockBytes> inner{};
    std::array<std::uint8_t, kBlockBytes> outer{};
    for (std::size_t i = 0; i < kBlockBytes; ++i) {
        inner[i] = block[i] ^ 0x36;
        outer[i] = block[i] ^ 0x5c;
    }
    const Hash inside = digest_of({inner, message});
    const Hash result = digest_of({outer, inside});
    OPENSSL_cleanse(block.data(), block.size());
    OPENSSL_cleanse(inner.data(), inner.size());
    OPENSSL_cleanse(outer.data(), outer.size());
    return result;
}

} // namespace tidewaiter::crypto
