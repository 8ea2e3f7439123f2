#pragma once

#include "daemon/json/json.hpp"
#include "drivers/symbols/symbol.hpp"
#include "ledger/claims/cose_foreign.hpp"

/// Takes any code apart, ours and those of others; needs no daemon and changes nothing.
namespace tidewaiter::cli {

struct InspectCommand {
    std::vector<std::string> inputs;         ///< pictures or texts
    std::vector<std::string> trust;          ///< files: certificates, public keys
    std::string chain = "tidewaiter-demo-1"; ///< our own codes are signed for one chain
    std::string decoder;                     ///< program; empty: beside this one
    bool is_json = false;
};
[[nodiscard]] int run_inspect(const InspectCommand& command);

/// {"format", "text" or "bytes_hex", "code"?: {layers, headers, payload, signature …}, "locator"?,
/// "foreign"?}
[[nodiscard]] json::Value inspect_symbol(const symbols::Symbol& symbol,
                                         const claims::InspectOptions& options);
/// A typed text as if a symbol had said it.
[[nodiscard]] json::Value inspect_typed(const std::string& text, const claims::InspectOptions& options);
/// PEM, DER, or lines "tidewaiter-public-key-1 …". Errors: files.*, certificate.*, key.*.
[[nodiscard]] Result<std::vector<crypto::TrustedKey>> read_trust(const std::string& path);

} // namespace tidewaiter::cli
