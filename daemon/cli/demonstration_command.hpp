#pragma once

#include <string>

namespace tidewaiter::cli {

struct DemonstrationOptions {
    std::string data;
    std::string from = "config/demonstration";
    std::string node = "http://127.0.0.1:18831";
    bool is_json = false;
};
[[nodiscard]] int run_prepare(const DemonstrationOptions& options);
[[nodiscard]] int run_seed(const DemonstrationOptions& options);

} // namespace tidewaiter::cli
