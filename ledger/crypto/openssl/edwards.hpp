#pragma once

#include "ledger/base/bytes.hpp"

namespace tidewaiter::crypto::edwards {

/// ZIP-215 on well-sized input: S < L, R and A decode (non-canonical y and the sign of x = 0 allowed), and
/// [8](S·B − R − k·A) = 0 with k = SHA-512(R ‖ A ‖ message) mod L. About a millisecond.
[[nodiscard]] bool cofactored_check(ByteView key, ByteView message, ByteView signature);

} // namespace tidewaiter::crypto::edwards
