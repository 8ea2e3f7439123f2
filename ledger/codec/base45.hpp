#pragma once

#include "ledger/base/bytes.hpp"

/// Base45 (RFC 9285): bytes in the characters of a QR symbol's alphanumeric mode.
namespace tidewaiter::base45 {

[[nodiscard]] std::string encode(ByteView bytes);

/// Exact: every character counts, a space is a digit and nothing is trimmed. Errors, with the offset:
/// base45.length (one character left over), base45.character, base45.overflow (a group above its bytes).
[[nodiscard]] Result<Bytes> decode(std::string_view text);

} // namespace tidewaiter::base45
