#pragma once

#include "ledger/base/bytes.hpp"

namespace tidewaiter::crypto {

[[nodiscard]] Hash sha256(ByteView bytes);
/// SHA-256 over the concatenation.
[[nodiscard]] Hash sha256(std::initializer_list<ByteView> parts);
[[nodiscard]] Hash hmac_sha256(ByteView key, ByteView message);

} // namespace tidewaiter::crypto
