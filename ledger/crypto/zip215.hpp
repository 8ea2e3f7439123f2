#pragma once

#include "ledger/base/bytes.hpp"

namespace tidewaiter::crypto {

/// Ed25519 as CometBFT accepts it (ZIP-215: cofactored equation, non-canonical encodings of R and of the key
/// allowed, S < L demanded). libsodium judges first; only what it refuses is judged again, slowly, with
/// libcrypto's big integers. key 32 bytes, signature 64 bytes; anything malformed is false.
[[nodiscard]] bool verify_zip215(ByteView key, ByteView message, ByteView signature);

} // namespace tidewaiter::crypto
