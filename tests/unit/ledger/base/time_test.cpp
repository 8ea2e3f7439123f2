#include "ledger/base/time.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace tidewaiter {
namespace {

Date date(int year, int month, int day) {
    return make_date(year, month, day).value();
}

TEST(Dates, KnownDaysHaveKnownNumbers) {
    EXPECT_EQ(date(1970, 1, 1).days, 0);
    EXPECT_EQ(date(1969, 12, 31).days, -1);
    EXPECT_EQ(date(2000, 2, 29).days, 11'016);
    EXPECT_EQ(date(2026, 1, 1).days, 20'454);
    EXPECT_EQ(date(9999, 12, 31).days, 2'932'896);
}

TEST(Dates, EveryDayOfEightCenturiesFollowsTheOneBefore) {
    CivilDate before = civil(Date{date(1599, 12, 31).days});
    for (std::int32_t days = date(1600, 1, 1).days; days <= date(2400, 12, 31).days; ++days) {
        const CivilDate day = civil(Date{days});
        ASSERT_EQ(date(day.year, day.month, day.day).days, days);
        const bool same_month = day.year == before.year && day.month == before.month && day.day == before.day + 1;
        const bool next_month = day.day == 1 && (day.month == before.month + 1 || (day.month == 1 && before.month == 12));
        ASSERT_TRUE(same_month || next_month) << format_date(Date{days});
        before = day;
    }
}

TEST(Dates, DaysThatDoNotExistAreRefused) {
    struct Day {
        int year, month, day;
    };
    for (const Day& d : {Day{2026, 2, 29}, {1900, 2, 29}, {2026, 4, 31}, {2026, 13, 1}, {2026, 0, 1}, {2026, 1, 0},
                         {2026, 1, 32}, {10'000, 1, 1}, {-1, 1, 1}})
        EXPECT_EQ(make_date(d.year, d.month, d.day).error().code, "time.date") << d.year << "-" << d.month;
    EXPECT_TRUE(make_date(2000, 2, 29).has_value());
}

TEST(Dates, TextIsReadExactlyAndWrittenBack) {
    EXPECT_EQ(parse_date("2026-11-24").value(), date(2026, 11, 24));
    EXPECT_EQ(format_date(date(2026, 3, 2)), "2026-03-02");
    EXPECT_EQ(format_date(date(987, 3, 2)), "0987-03-02");
    for (const std::string_view bad : {"", "2026-11-4", "2026-11-24 ", " 2026-11-24", "2026/11/24", "26-11-24",
                                       "2026-02-30", "2026-11-24T", "+026-11-24", "20261124"})
        EXPECT_EQ(parse_date(bad).error().code, "time.date") << bad;
}

TEST(Dates, MonthsAreAddedToTheSameDayOrTheLastOne) {
    EXPECT_EQ(add_months(date(2026, 1, 31), 1), date(2026, 2, 28));
    EXPECT_EQ(add_months(date(2024, 1, 31), 1), date(2024, 2, 29));
    EXPECT_EQ(add_months(date(2026, 1, 15), 12), date(2027, 1, 15));
    EXPECT_EQ(add_months(date(2024, 2, 29), 12), date(2025, 2, 28));
    EXPECT_EQ(add_months(date(2026, 3, 31), -1), date(2026, 2, 28));
    EXPECT_EQ(add_months(date(2026, 1, 31), -2), date(2025, 11, 30));
    EXPECT_EQ(add_months(date(2026, 5, 10), 0), date(2026, 5, 10));
    EXPECT_EQ(add_months(date(2026, 12, 1), 1), date(2027, 1, 1));
}

TEST(Dates, TheDayOnTheSpotDiffersFromTheDayInUtc) {
    const UnixTime utc = parse_local_time("2026-11-25T03:00:00Z").value().utc;
    EXPECT_EQ(date_of(utc), date(2026, 11, 25));
    EXPECT_EQ(local_date({.utc = utc, .offset_minutes = -480}), date(2026, 11, 24));
    EXPECT_EQ(local_date({.utc = utc, .offset_minutes = 840}), date(2026, 11, 25));
    EXPECT_EQ(date_of(-1), date(1969, 12, 31));
    EXPECT_EQ(date_of(-86'400), date(1969, 12, 31));
    EXPECT_EQ(date_of(-86'401), date(1969, 12, 30));
}

TEST(LocalTimes, SecondsAndFractionsMayBeLeftOut) {
    const LocalTime expected{.utc = 1'772'481'300, .offset_minutes = -300};
    EXPECT_EQ(parse_local_time("2026-03-02T14:55-05:00").value(), expected);
    EXPECT_EQ(parse_local_time("2026-03-02T14:55:00-05:00").value(), expected);
    EXPECT_EQ(parse_local_time("2026-03-02T14:55:00.999999999-05:00").value(), expected);
    EXPECT_EQ(format_local_time(expected), "2026-03-02T14:55:00-05:00");
    EXPECT_EQ(format_local_time({.utc = 0, .offset_minutes = 330}), "1970-01-01T05:30:00+05:30");
    EXPECT_EQ(format_local_time({.utc = 0, .offset_minutes = 0}), "1970-01-01T00:00:00+00:00");
    EXPECT_EQ(format_local_time({.utc = 0, .offset_minutes = -30}), "1969-12-31T23:30:00-00:30");
}

TEST(LocalTimes, WhatIsNoTimeIsRefused) {
    for (const std::string_view bad :
         {"", "2026-03-02", "2026-03-02T14:55", "2026-03-02 14:55Z", "2026-03-02T24:00Z", "2026-03-02T14:60Z",
          "2026-03-02T14:55:60Z", "2026-03-02T14:55:00.Z", "2026-03-02T14:55:00.1234567890Z", "2026-03-02T14:55+14:01",
          "2026-03-02T14:55-12:01", "2026-03-02T14:55+05:60", "2026-03-02T14:55+0500", "2026-03-02T14:55Z ",
          "2026-02-30T14:55Z", "2026-03-02t14:55z", "2026-03-02T14:55ZZ", "2026-03-02T1:55Z"})
        EXPECT_EQ(parse_local_time(bad).error().code, "time.timestamp") << bad;
    EXPECT_TRUE(parse_local_time("2026-03-02T14:55+14:00").has_value());
    EXPECT_TRUE(parse_local_time("2026-03-02T14:55-12:00").has_value());
}

TEST(LocalTimes, TheErrorShowsTheTextAndTheForm) {
    const auto bad = parse_local_time("yesterday");
    EXPECT_NE(bad.error().detail.find("\"yesterday\""), std::string::npos);
    EXPECT_NE(bad.error().detail.find("2026-03-02T14:55:00-05:00"), std::string::npos);
}

TEST(HeaderTimes, CarryNanosecondsWithoutTrailingZeros) {
    const std::vector<std::pair<std::string_view, TimeNs>> cases{
        {"1970-01-01T00:00:00Z", {0, 0}},
        {"2026-11-24T12:00:00.5Z", {1'795'521'600, 500'000'000}},
        {"2026-11-24T12:00:00.000000001Z", {1'795'521'600, 1}},
        {"2026-11-24T12:00:00.99999999Z", {1'795'521'600, 999'999'990}},
        {"1969-12-31T23:59:59.1Z", {-1, 100'000'000}},
        {"9999-12-31T23:59:59Z", {253'402'300'799, 0}}};
    for (const auto& [text, time] : cases) {
        EXPECT_EQ(format_time_ns(time), text);
        EXPECT_EQ(parse_time_ns(text).value(), time) << text;
    }
    EXPECT_EQ(parse_time_ns("2026-11-24T13:00:00.500+01:00").value(), (TimeNs{1'795'521'600, 500'000'000}));
    EXPECT_EQ(parse_time_ns("2026-11-24").error().code, "time.timestamp");
    EXPECT_EQ(format_utc(1'795'521'600), "2026-11-24T12:00:00Z");
}

TEST(HeaderTimes, NanosecondsCarryBothWays) {
    EXPECT_EQ(add_nanos({10, 999'999'999}, 1), (TimeNs{11, 0}));
    EXPECT_EQ(add_nanos({10, 0}, -1), (TimeNs{9, 999'999'999}));
    EXPECT_EQ(add_nanos({10, 500'000'000}, 2'600'000'000), (TimeNs{13, 100'000'000}));
    EXPECT_EQ(add_nanos({10, 500'000'000}, -2'600'000'000), (TimeNs{7, 900'000'000}));
    EXPECT_LT((TimeNs{1, 999'999'999}), (TimeNs{2, 0}));
}

TEST(HeaderTimes, ArithmeticStopsAtTheEndsOfItsType) {
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
    EXPECT_EQ(add_nanos({kMax, 999'999'999}, kMax).seconds, kMax);
    EXPECT_EQ(add_nanos({kMin, 0}, kMin).seconds, kMin);
    EXPECT_EQ(date_of(kMax).days, std::numeric_limits<std::int32_t>::max());
    EXPECT_EQ(date_of(kMin).days, std::numeric_limits<std::int32_t>::min());
    EXPECT_EQ(local_date({.utc = kMin, .offset_minutes = -720}).days, std::numeric_limits<std::int32_t>::min());
    EXPECT_EQ(add_months(Date{std::numeric_limits<std::int32_t>::max()}, 12).days,
              std::numeric_limits<std::int32_t>::max());
    EXPECT_FALSE(format_utc(kMin).empty());
    EXPECT_FALSE(format_local_time({.utc = kMax, .offset_minutes = std::numeric_limits<std::int32_t>::min()}).empty());
}

} // namespace
} // namespace tidewaiter
