#include "daemon/gateway/clock.hpp"

#include <chrono>
#include <ctime>
#include <sys/timex.h>
#include <unistd.h>

namespace tidewaiter::gateway {

sync::Now system_now() {
    using namespace std::chrono;
    const auto wall = system_clock::now().time_since_epoch();
    const auto whole = duration_cast<seconds>(wall);
    return {
        .wall = {whole.count(), static_cast<std::uint32_t>(duration_cast<nanoseconds>(wall - whole).count())},
        .monotonic_ms = duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count()};
}

application::ClockQuality system_clock_quality() {
    timex state{};
    const int status = adjtimex(&state);
    if (status >= 0 && status != TIME_ERROR && (state.status & STA_UNSYNC) == 0)
        return application::ClockQuality::Ntp;
    if (access("/dev/rtc0", F_OK) == 0) return application::ClockQuality::Rtc;
    return application::ClockQuality::Unconfirmed;
}

std::int32_t utc_offset_minutes(UnixTime time) {
    const std::time_t at = time;
    std::tm local{};
    localtime_r(&at, &local);
    return static_cast<std::int32_t>(local.tm_gmtoff / 60);
}

} // namespace tidewaiter::gateway
