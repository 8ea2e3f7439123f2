#pragma once

#include "ledger/base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidewaiter {

/// Seconds since 1970-01-01T00:00:00Z.
using UnixTime = std::int64_t;

/// Days since 1970-01-01, as the formats carry dates.
struct Date {
    std::int32_t days = 0;
    auto operator<=>(const Date&) const = default;
};

/// A header time, as CometBFT has it: seconds and 0 … 999,999,999 nanoseconds.
struct TimeNs {
    std::int64_t seconds = 0;
    std::uint32_t nanos = 0;
    auto operator<=>(const TimeNs&) const = default;
};

/// A moment with the offset of the place: UTC seconds, minutes east of UTC (-720 … 840).
struct LocalTime {
    UnixTime utc = 0;
    std::int32_t offset_minutes = 0;
    bool operator==(const LocalTime&) const = default;
};

[[nodiscard]] TimeNs add_nanos(TimeNs time, std::int64_t nanos);
/// The calendar day on the spot.
[[nodiscard]] Date local_date(LocalTime time);
[[nodiscard]] Date date_of(UnixTime utc);

/// Proleptic Gregorian calendar. month 1 … 12, day 1 … 31; Error: time.date for a day that does not exist.
[[nodiscard]] Result<Date> make_date(int year, int month, int day);
struct CivilDate {
    int year;
    int month;
    int day;
};
[[nodiscard]] CivilDate civil(Date date);
/// The same day of the month `months` later; where there is none, that month's last day.
[[nodiscard]] Date add_months(Date date, int months);

/// "2026-11-24"; Error: time.date.
[[nodiscard]] Result<Date> parse_date(std::string_view text);
[[nodiscard]] std::string format_date(Date date);
/// RFC 3339: "2026-03-02T14:55-05:00", seconds and up to 9 fraction digits optional; Error: time.timestamp.
[[nodiscard]] Result<LocalTime> parse_local_time(std::string_view text);
[[nodiscard]] std::string format_local_time(LocalTime time);
[[nodiscard]] Result<TimeNs> parse_time_ns(std::string_view text);
/// RFC 3339 in UTC with as many fraction digits as needed: "2026-11-24T12:00:00.5Z".
[[nodiscard]] std::string format_time_ns(TimeNs time);
[[nodiscard]] std::string format_utc(UnixTime time);

} // namespace tidewaiter
