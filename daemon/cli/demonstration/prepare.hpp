#pragma once

#include "daemon/cli/demonstration/parties.hpp"
#include "ledger/application/genesis.hpp"

namespace tidewaiter::cli {

/// Keys by file name.
using PublicKeys = std::map<std::string, crypto::PublicKey, std::less<>>;

/// The state before the first block: governance, organisations, and the keys that only genesis can enter.
/// Error: demonstration.key (a party without one).
[[nodiscard]] Result<application::Genesis> make_genesis(const Parties& parties, const PublicKeys& keys,
                                                        const crypto::PublicKey& validator, TimeNs now);

/// Keys, public key files and genesis.cbor below `data`; a key that is there stays. `from` has parties.json.
/// Errors: files.*, json.*, demonstration.*.
[[nodiscard]] Status prepare_demonstration(const files::Path& data, const files::Path& from, TimeNs now);

} // namespace tidewaiter::cli
