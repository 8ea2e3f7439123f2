#pragma once

#include "daemon/files/files.hpp"
#include "ledger/crypto/keys.hpp"

namespace tidewaiter::keys {

/// From a key file of mode 0600; the text is wiped. Errors: files.*, files.not-private, key-file.* with the
/// path.
[[nodiscard]] Result<crypto::PrivateKey> read_key(const files::Path& path);

} // namespace tidewaiter::keys
