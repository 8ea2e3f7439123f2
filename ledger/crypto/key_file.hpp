#pragma once

#include "ledger/crypto/keys.hpp"
#include "ledger/crypto/wipe.hpp"

/// Private keys as one line of text: "tidewaiter-key-1 ES256 <64 hex>\n". Where it lies on disk, and with
/// which mode, is the programs' business.
namespace tidewaiter::crypto {

/// Errors: key-file.format, key-file.algorithm, key.scalar. No error text repeats the secret.
[[nodiscard]] Result<PrivateKey> parse_key_file(std::string_view text);
[[nodiscard]] SecretText format_key_file(const PrivateKey& key);

/// "ES256", "EdDSA".
[[nodiscard]] std::string_view algorithm_name(Algorithm algorithm);

} // namespace tidewaiter::crypto
