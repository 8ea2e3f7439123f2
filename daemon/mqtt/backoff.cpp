#include "daemon/mqtt/backoff.hpp"

#include <algorithm>

namespace tidewaiter::mqtt {

std::chrono::milliseconds Backoff::next() {
    const std::int64_t base = base_.count();
    const std::int64_t spread = base / 5;
    // The remainder is not quite even; for jitter it does not matter, and it is the same with every library.
    const auto shift =
        static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(2 * spread + 1)) - spread;
    base_ = std::min(base_ * 2, kLast);
    return std::chrono::milliseconds(base + shift);
}

} // namespace tidewaiter::mqtt
