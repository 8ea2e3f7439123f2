#pragma once

#include <cstdint>
#include <string>

namespace tidewaiter::cli {

/// Replays a recorded light-client session: one line per input. kInvalid when one came out other than the file expects,
/// or, where it expects nothing, when one is INVALID.
[[nodiscard]] int run_light(const std::string& path, std::int64_t drift_seconds, bool is_json);

} // namespace tidewaiter::cli
