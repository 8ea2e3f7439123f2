#pragma once

#include "daemon/files/files.hpp"
#include "ledger/base/time.hpp"

#include <functional>

namespace tidewaiter::cli {

struct SeedOptions {
    files::Path data; ///< the demonstration's folder, with its keys
    files::Path from; ///< config/demonstration
    std::string node; ///< URL
    UnixTime now = 0;
    std::function<void(const std::string&)> say;
};

/// Registers everybody, enters reference lists, carnets with their history and certificates, signs the anchor
/// and draws the pictures. Waits for the blocks. Errors: api.refused, node.*, files.*, json.*,
/// demonstration.*.
[[nodiscard]] Status seed_demonstration(const SeedOptions& options);

} // namespace tidewaiter::cli
