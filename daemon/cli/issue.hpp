#pragma once

#include <string>
#include <vector>

/// What issuing associations and certifiers send to their ledger node.
namespace tidewaiter::cli {

struct IssueCommand {
    std::string file; ///< the document as JSON
    std::string key;  ///< private key file of the signer
    std::string node = "http://127.0.0.1:18831";
    std::string holder_key; ///< public key file, for a carnet; empty: none
    std::string picture;    ///< where a certificate's code is drawn; empty: nowhere
    std::string seed_file;  ///< where a certificate's seed is kept; empty: beside the file
    bool is_json = false;
};
[[nodiscard]] int run_carnet_issue(const IssueCommand& command);
[[nodiscard]] int run_origin_issue(const IssueCommand& command);

struct ActCommand {
    std::string record; ///< "ATA US US26/104417", a locator, or "origin/usmca <32 hex digits>"
    std::string key;
    std::string node = "http://127.0.0.1:18831";
    bool is_json = false;
};
/// By the holder, with the key that the cover binds.
[[nodiscard]] int run_carnet_sign(const ActCommand& command);
[[nodiscard]] int run_carnet_withdraw(const ActCommand& command);
[[nodiscard]] int run_carnet_return(const ActCommand& command);
[[nodiscard]] int run_origin_revoke(const ActCommand& command);

} // namespace tidewaiter::cli
