#pragma once

#include "daemon/gateway/sync/now.hpp"
#include "ledger/application/judge.hpp"

namespace tidewaiter::gateway {

/// The system's clocks.
[[nodiscard]] sync::Now system_now();

/// How far the wall clock can be trusted, as the kernel tells it: Ntp when it is disciplined, Rtc when the
/// machine has a battery-backed clock, else Unconfirmed.
[[nodiscard]] application::ClockQuality system_clock_quality();

/// Minutes east of UTC at that moment in the zone that TZ names.
[[nodiscard]] std::int32_t utc_offset_minutes(UnixTime time);

} // namespace tidewaiter::gateway
