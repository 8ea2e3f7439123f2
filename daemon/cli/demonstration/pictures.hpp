#pragma once

#include "daemon/cli/demonstration/scenario.hpp"
#include "daemon/files/files.hpp"
#include "ledger/crypto/keys.hpp"

#include <map>

namespace tidewaiter::cli {

/// The code that travels with a certificate's goods. Errors: origin.lines, claim.*.
[[nodiscard]] Result<std::string> claim_text(const CertificatePlan& plan, std::string_view chain,
                                             const crypto::PrivateKey& certifier);

/// Draws seed.json's "pictures" into the folder, and texts.json with what each says. `claims` by certificate
/// name. Errors: json.*, symbols.*, files.*, demonstration.word.
[[nodiscard]] Status draw_pictures(const json::Field& rows,
                                   const std::map<std::string, std::string, std::less<>>& claims,
                                   const files::Path& folder);

} // namespace tidewaiter::cli
