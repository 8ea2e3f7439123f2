#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace tidewaiter::mqtt {

/// How long to wait before the next attempt: 0.5 s, doubling up to 30 s, each ±20 % so that devices that lost
/// the same relay do not come back in one wave.
class Backoff {
  public:
    static constexpr std::chrono::milliseconds kFirst{500};
    static constexpr std::chrono::milliseconds kLast{30'000};

    /// Equal seeds give equal waits.
    explicit Backoff(std::uint64_t seed) : random_(seed) {}

    [[nodiscard]] std::chrono::milliseconds next();
    /// After a connection that held.
    void reset() { base_ = kFirst; }

  private:
    std::mt19937_64 random_;
    std::chrono::milliseconds base_ = kFirst;
};

} // namespace tidewaiter::mqtt
