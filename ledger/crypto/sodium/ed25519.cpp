#include "ledger/crypto/sodium/ed25519.hpp"

#include "ledger/base/assert.hpp"

#include <sodium.h>

namespace tidewaiter::crypto::ed25519 {

namespace {

/// Seed and public key side by side, as libsodium wants them.
struct Pair {
    std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> public_part{};
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret_part{};

    explicit Pair(ByteView seed) {
        TW_ASSERT(seed.size() == crypto_sign_SEEDBYTES);
        TW_ASSERT(crypto_sign_seed_keypair(public_part.data(), secret_part.data(), seed.data()) == 0);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    ~Pair() { sodium_memzero(secret_part.data(), secret_part.size()); }
};

} // namespace

bool verify(ByteView key, ByteView message, ByteView signature) {
    if (key.size() != crypto_sign_PUBLICKEYBYTES || signature.size() != crypto_sign_BYTES) return false;
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

std::array<std::uint8_t, 32> public_key(ByteView seed) {
    return Pair(seed).public_part;
}

Signature sign(ByteView seed, ByteView message) {
    const Pair pair(seed);
    Signature signature{};
    TW_ASSERT(crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                                   pair.secret_part.data()) == 0);
    return signature;
}

} // namespace tidewaiter::crypto::ed25519
