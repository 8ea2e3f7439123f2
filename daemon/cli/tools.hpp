#pragma once

#include <string>

namespace tidewaiter::cli {

/// Every rule this version judges by, in order of id.
[[nodiscard]] int run_rules(bool is_json);

struct KeygenCommand {
    std::string path;
    std::string algorithm = "ES256";
    bool only_public = false; ///< print the public line of a key that is there
    bool is_json = false;
};
/// Writes a new private key (never over another) and prints its public line.
[[nodiscard]] int run_keygen(const KeygenCommand& command);

} // namespace tidewaiter::cli
