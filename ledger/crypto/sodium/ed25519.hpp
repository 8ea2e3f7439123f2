#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/crypto/keys.hpp"

/// Ed25519 by libsodium.
namespace tidewaiter::crypto::ed25519 {

[[nodiscard]] bool verify(ByteView key, ByteView message, ByteView signature);
[[nodiscard]] std::array<std::uint8_t, 32> public_key(ByteView seed);
[[nodiscard]] Signature sign(ByteView seed, ByteView message);

} // namespace tidewaiter::crypto::ed25519
