#include "ledger/crypto/zip215.hpp"

#include "ledger/crypto/openssl/edwards.hpp"
#include "ledger/crypto/sodium/ed25519.hpp"

namespace tidewaiter::crypto {

bool verify_zip215(ByteView key, ByteView message, ByteView signature) {
    if (key.size() != 32 || signature.size() != 64) return false;
    // Whatever libsodium's stricter rule accepts, ZIP-215 accepts too; only refusals need the slow look.
    return ed25519::verify(key, message, signature) || edwards::cofactored_check(key, message, signature);
}

} // namespace tidewaiter::crypto
