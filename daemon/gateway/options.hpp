#pragma once

#include "daemon/gateway/sync/driver.hpp"
#include "daemon/settings/settings.hpp"
#include "ledger/application/judge.hpp"

namespace tidewaiter::gateway {

/// tidewaiterd.toml; every key is explained in config/tidewaiterd.toml.
struct Options {
    std::string device;
    std::filesystem::path key;
    std::filesystem::path data;
    settings::Endpoint http{"127.0.0.1", 8080};
    std::filesystem::path decoder; ///< empty: beside this program
    std::uint64_t box_limit = 4ULL << 30;

    std::string territory;
    std::string place;
    std::string office;
    std::string timezone = "UTC";

    std::string chain;
    std::filesystem::path anchor;
    std::filesystem::path administrators;
    std::uint32_t threshold = 1;
    std::vector<std::string> namespaces;
    std::chrono::milliseconds clock_drift{10'000};
    bool is_solo = true; ///< one member: no witnesses

    std::string broker_user;
    std::string broker_password;

    struct Relay {
        std::string id;
        std::string member;
        std::filesystem::path key;
        settings::Endpoint broker;
    };
    std::vector<Relay> relays;

    std::filesystem::path scan_folder; ///< empty: none
};

/// Errors: settings.*.
[[nodiscard]] Result<Options> read_options(const std::filesystem::path& path);

[[nodiscard]] application::Port port_of(const Options& options);

/// Public keys from a file of lines "tidewaiter-public-key-1 ES256 <128 hex>" or "… EdDSA <64 hex>"; empty
/// lines and lines that begin with # are skipped. Errors: files.*, key-list.format (with the line),
/// key.curve.
[[nodiscard]] Result<std::vector<crypto::PublicKey>> read_public_keys(const std::filesystem::path& path);

} // namespace tidewaiter::gateway
