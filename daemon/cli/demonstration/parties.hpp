#pragma once

#include "daemon/files/files.hpp"
#include "daemon/json/json.hpp"
#include "ledger/documents/identity/identity.hpp"

/// Who takes part in the demonstration: config/demonstration/parties.json.
namespace tidewaiter::cli {

struct Party {
    std::string name; ///< of its key file, keys/<name>.key
    identity::Role role = identity::Role::Device;
    std::string owner;
    std::string territory;
    std::vector<std::string> offices;
    std::vector<std::string> namespaces;
    crypto::Algorithm algorithm = crypto::Algorithm::Es256;
    std::string timezone; ///< a device's
    std::string officer;  ///< whom a device names in what it signs
    std::string title;    ///< a certifier's name
};
struct Parties {
    std::string chain;
    int keys_from_days_ago = 400;
    std::string member;
    std::vector<std::string> administrators;
    int threshold = 1;
    std::vector<std::string> relays;
    std::vector<Party> genesis;
    std::vector<Party> devices;
    std::vector<Party> certifiers;
    std::vector<std::string> holders;
    struct Organisation {
        std::string id;
        identity::Organisation value;
    };
    std::vector<Organisation> organisations;
    struct Office {
        std::string office;
        identity::Office value;
    };
    std::vector<Office> offices;

    [[nodiscard]] const Party* find(std::string_view name) const; ///< among genesis, devices and certifiers
    [[nodiscard]] const Party* device(std::string_view name) const;
    /// The registrar of a territory; there is one for each that has offices.
    [[nodiscard]] const Party* registrar(std::string_view territory) const;
};

/// The file as JSON; errors name it. Errors: files.*, json.*.
[[nodiscard]] Result<json::Value> read_json(const files::Path& path);
/// Errors: files.*, json.*, demonstration.role, keys.algorithm.
[[nodiscard]] Result<Parties> read_parties(const files::Path& folder);

[[nodiscard]] identity::Key key_record_of(const Party& party, const crypto::PublicKey& key, UnixTime from);
[[nodiscard]] files::Path key_path(const files::Path& data, std::string_view name);

} // namespace tidewaiter::cli
