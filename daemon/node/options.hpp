#pragma once

#include "daemon/settings/settings.hpp"

namespace tidewaiter::node {

/// node.toml; every key is explained in config/node.toml.
struct Options {
    std::filesystem::path data;
    std::filesystem::path genesis;
    settings::Endpoint http{"127.0.0.1", 8081};
    std::filesystem::path solo_key;
    std::chrono::milliseconds heartbeat{30'000};
    std::chrono::milliseconds block_delay{200};
    std::string relay;
    std::string member;
    std::filesystem::path relay_key;
    settings::Endpoint broker;
};

/// Errors: settings.*.
[[nodiscard]] Result<Options> read_options(const std::filesystem::path& path);

} // namespace tidewaiter::node
