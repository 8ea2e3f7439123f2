#pragma once

#include "daemon/json/json.hpp"

namespace tidewaiter::cli {

/// "SUCCESS height 3", "INVALID height 4: the reason in words (details)", from a step of light_report.
[[nodiscard]] std::string light_line(const json::Value& step);

/// Replays a recorded light-client session: one line per input. kInvalid when one came out other than the
/// file expects, or, where it expects nothing, when one is INVALID.
[[nodiscard]] int run_light(const std::string& path, std::int64_t drift_seconds, bool is_json);

} // namespace tidewaiter::cli
