#pragma once

#include "daemon/files/files.hpp"
#include "daemon/keys/private_key.hpp"
#include "ledger/crypto/key_file.hpp"

/// Keys as files: one line each, the private ones readable by their owner alone.
namespace tidewaiter::cli {

using keys::read_key;
/// Never overwrites. Errors: files.exists, files.*.
[[nodiscard]] Status create_key(const files::Path& path, const crypto::PrivateKey& key);
/// "tidewaiter-public-key-1 ES256 <hex>", without a line end.
[[nodiscard]] std::string public_key_line(const crypto::PublicKey& key);
/// Lines as above; empty ones and those that begin with # are skipped. Errors: key-list.format, hex.*,
/// key.curve.
[[nodiscard]] Result<std::vector<crypto::PublicKey>> parse_public_keys(std::string_view text);
/// "ES256" or "EdDSA" (also "Ed25519"). Error: keys.algorithm.
[[nodiscard]] Result<crypto::Algorithm> algorithm_from(std::string_view word);

} // namespace tidewaiter::cli
