#pragma once

#include "ledger/base/time.hpp"

namespace tidewaiter::sync {

/// One reading of both clocks.
struct Now {
    TimeNs wall;
    std::int64_t monotonic_ms = 0;
};

} // namespace tidewaiter::sync
