#include "ledger/base/time.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <optional>

namespace tidewaiter {

namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int32_t kMinOffset = -720;
constexpr std::int32_t kMaxOffset = 840;

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

constexpr bool is_leap(std::int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_in_month(std::int64_t year, int month) {
    constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

/// Days since 1970-01-01. Years are counted from March, so that the leap day comes last.
constexpr std::int64_t days_from_civil(std::int64_t year, int month, int day) {
    const std::int64_t y = month <= 2 ? year - 1 : year;
    const std::int64_t era = floor_div(y, 400);
    const std::int64_t year_of_era = y - era * 400;
    const int month_from_march = (month + 9) % 12;
    const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

constexpr Date to_date(std::int64_t days) {
    constexpr std::int64_t kMin = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
    return Date{static_cast<std::int32_t>(std::clamp(days, kMin, kMax))};
}

UnixTime add_saturated(UnixTime a, std::int64_t b) {
    UnixTime sum = 0;
    if (!__builtin_add_overflow(a, b, &sum)) return sum;
    return b < 0 ? std::numeric_limits<UnixTime>::min() : std::numeric_limits<UnixTime>::max();
}

/// Reads fixed-width fields off the front of a text.
class FieldReader {
  public:
    explicit FieldReader(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    bool starts_with_digit() const { return !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; }
    bool literal(char c) {
        if (rest_.empty() || rest_[0] != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::optional<int> number(std::size_t width) {
        if (rest_.size() < width) return std::nullopt;
        int value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(width);
        return value;
    }

  private:
    std::string_view rest_;
};

std::optional<Date> read_date(FieldReader& fields) {
    const auto year = fields.number(4);
    if (!year || !fields.literal('-')) return std::nullopt;
    const auto month = fields.number(2);
    if (!month || !fields.literal('-')) return std::nullopt;
    const auto day = fields.number(2);
    if (!day) return std::nullopt;
    const auto date = make_date(*year, *month, *day);
    if (!date) return std::nullopt;
    return *date;
}

/// Seconds of the day; seconds may be left out.
std::optional<int> read_clock(FieldReader& fields) {
    const auto hour = fields.number(2);
    if (!hour || *hour > 23 || !fields.literal(':')) return std::nullopt;
    const auto minute = fields.number(2);
    if (!minute || *minute > 59) return std::nullopt;
    int seconds = 0;
    if (fields.literal(':')) {
        const auto second = fields.number(2);
        if (!second || *second > 59) return std::nullopt;
        seconds = *second;
    }
    return *hour * 3600 + *minute * 60 + seconds;
}

/// Nanoseconds of ".5" and so on; 0 when there is no fraction.
std::optional<std::uint32_t> read_fraction(FieldReader& fields) {
    if (!fields.literal('.')) return 0;
    std::uint32_t nanos = 0;
    int digits = 0;
    for (; fields.starts_with_digit(); ++digits) {
        if (digits == 9) return std::nullopt;
        nanos = nanos * 10 + static_cast<std::uint32_t>(*fields.number(1));
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 9; ++digits) nanos *= 10;
    return nanos;
}

/// Minutes east of UTC.
std::optional<std::int32_t> read_offset(FieldReader& fields) {
    if (fields.literal('Z')) return 0;
    const bool is_west = fields.literal('-');
    if (!is_west && !fields.literal('+')) return std::nullopt;
    const auto hours = fields.number(2);
    if (!hours || !fields.literal(':')) return std::nullopt;
    const auto minutes = fields.number(2);
    if (!minutes || *minutes > 59) return std::nullopt;
    const std::int32_t offset = (is_west ? -1 : 1) * (*hours * 60 + *minutes);
    if (offset < kMinOffset || offset > kMaxOffset) return std::nullopt;
    return offset;
}

struct Timestamp {
    LocalTime time;
    std::uint32_t nanos = 0;
};

std::optional<Timestamp> read_timestamp(std::string_view text) {
    FieldReader fields(text);
    const auto date = read_date(fields);
    if (!date || !fields.literal('T')) return std::nullopt;
    const auto clock = read_clock(fields);
    if (!clock) return std::nullopt;
    const auto nanos = read_fraction(fields);
    if (!nanos) return std::nullopt;
    const auto offset = read_offset(fields);
    if (!offset || !fields.at_end()) return std::nullopt;
    const UnixTime utc = date->days * kSecondsPerDay + *clock - std::int64_t{*offset} * 60;
    return Timestamp{.time = {.utc = utc, .offset_minutes = *offset}, .nanos = *nanos};
}

std::unexpected<Error> bad_timestamp(std::string_view text) {
    return fail("time.timestamp", "\"" + std::string(text.substr(0, 40)) +
                                      "\" is no time; write it as 2026-03-02T14:55:00-05:00 (or Z for UTC)");
}

std::string format_padded(int value, int width) {
    std::array<char, 16> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), "%0*d", width, value);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

/// "2026-11-24T12:00:00" of seconds that are already local.
std::string format_seconds(std::int64_t seconds) {
    const std::int64_t day = floor_div(seconds, kSecondsPerDay);
    const auto clock = static_cast<int>(seconds - day * kSecondsPerDay);
    return format_date(to_date(day)) + "T" + format_padded(clock / 3600, 2) + ":" +
           format_padded(clock / 60 % 60, 2) + ":" + format_padded(clock % 60, 2);
}

} // namespace

TimeNs add_nanos(TimeNs time, std::int64_t nanos) {
    // Neither sum can overflow: both parts stay below 2 * 10^9 in size.
    const std::int64_t sum = std::int64_t{time.nanos} + nanos % kNanosPerSecond;
    const std::int64_t carry = floor_div(sum, kNanosPerSecond);
    return {.seconds = add_saturated(time.seconds, nanos / kNanosPerSecond + carry),
            .nanos = static_cast<std::uint32_t>(sum - carry * kNanosPerSecond)};
}

Date date_of(UnixTime utc) {
    return to_date(floor_div(utc, kSecondsPerDay));
}

Date local_date(LocalTime time) {
    return date_of(add_saturated(time.utc, std::int64_t{time.offset_minutes} * 60));
}

Result<Date> make_date(int year, int month, int day) {
    if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return fail("time.date", "there is no day " + std::to_string(year) + "-" + std::to_string(month) + "-" +
                                     std::to_string(day));
    return to_date(days_from_civil(year, month, day));
}

CivilDate civil(Date date) {
    const std::int64_t days = std::int64_t{date.days} + 719'468;
    const std::int64_t era = floor_div(days, 146'097);
    const std::int64_t day_of_era = days - era * 146'097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    const auto day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    const auto month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    return {.year = static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), .month = month, .day = day};
}

Date add_months(Date date, int months) {
    const CivilDate from = civil(date);
    const std::int64_t count = std::int64_t{from.year} * 12 + from.month - 1 + months;
    const std::int64_t year = floor_div(count, 12);
    const auto month = static_cast<int>(count - year * 12 + 1);
    return to_date(days_from_civil(year, month, std::min(from.day, days_in_month(year, month))));
}

Result<Date> parse_date(std::string_view text) {
    FieldReader fields(text);
    const auto date = read_date(fields);
    if (date && fields.at_end()) return *date;
    return fail("time.date",
                "\"" + std::string(text.substr(0, 40)) + "\" is no day of the calendar; write it as 2026-11-24");
}

std::string format_date(Date date) {
    const CivilDate day = civil(date);
    return format_padded(day.year, 4) + "-" + format_padded(day.month, 2) + "-" + format_padded(day.day, 2);
}

Result<LocalTime> parse_local_time(std::string_view text) {
    const auto read = read_timestamp(text);
    if (!read) return bad_timestamp(text);
    return read->time;
}

std::string format_local_time(LocalTime time) {
    const std::int64_t offset = time.offset_minutes;
    const std::int64_t size = offset < 0 ? -offset : offset;
    return format_seconds(add_saturated(time.utc, offset * 60)) + (offset < 0 ? "-" : "+") +
           format_padded(static_cast<int>(size / 60), 2) + ":" + format_padded(static_cast<int>(size % 60), 2);
}

Result<TimeNs> parse_time_ns(std::string_view text) {
    const auto read = read_timestamp(text);
    if (!read) return bad_timestamp(text);
    return TimeNs{.seconds = read->time.utc, .nanos = read->nanos};
}

std::string format_time_ns(TimeNs time) {
    std::string text = format_seconds(time.seconds);
    if (time.nanos != 0) {
        std::string fraction = format_padded(static_cast<int>(time.nanos), 9);
        fraction.erase(fraction.find_last_not_of('0') + 1);
        text += "." + fraction;
    }
    return text + "Z";
}

std::string format_utc(UnixTime time) {
    return format_seconds(time) + "Z";
}

} // namespace tidewaiter
