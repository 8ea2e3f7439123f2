#pragma once

#include "ledger/application/transaction.hpp"

/// Bounds of time that hold for everything signed (protocol, section 3).
namespace tidewaiter::application {

inline constexpr UnixTime kClockToleranceSeconds = 120;
inline constexpr UnixTime kHeaderLagSeconds = 32;
inline constexpr UnixTime kDaySeconds = 86'400;
inline constexpr UnixTime kOrganisationWindowSeconds = kDaySeconds;
inline constexpr UnixTime kDeviceWindowSeconds = 90 * kDaySeconds;
inline constexpr std::uint64_t kSequencePerDay = 2'000;

/// How far `at` may lie after block time, because an idle chain's headers lag and clocks differ.
[[nodiscard]] inline UnixTime ahead_margin(const BlockContext& block) {
    return block.heartbeat_seconds + kHeaderLagSeconds + kClockToleranceSeconds;
}
[[nodiscard]] inline documents::Inclusion inclusion_of(const BlockContext& block) {
    return {block.height, block.time};
}

} // namespace tidewaiter::application
