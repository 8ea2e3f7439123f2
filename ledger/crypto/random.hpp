#pragma once

#include <cstdint>
#include <span>

namespace tidewaiter::crypto {

/// Randomness as a dependency, so that a simulation can replay a seed.
class Random {
  public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;
};

/// The operating system's generator.
[[nodiscard]] Random& system_random();

} // namespace tidewaiter::crypto
