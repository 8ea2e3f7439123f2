#include "ledger/base/result.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

Result<int> half_of(int number) {
    if (number % 2 != 0) return fail("test.odd", "7 is odd");
    return number / 2;
}

Result<int> quarter_of(int number) {
    TW_TRY(const int half, half_of(number));
    TW_TRY(const int quarter, half_of(half));
    return quarter;
}

Status is_even(int number) {
    TW_CHECK(half_of(number));
    return {};
}

TEST(Result, TryGivesTheValueOrReturnsTheError) {
    EXPECT_EQ(quarter_of(12).value(), 3);
    const auto failed = quarter_of(14);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, "test.odd");
}

TEST(Result, CheckReturnsTheErrorOfAStatus) {
    EXPECT_TRUE(is_even(2).has_value());
    EXPECT_EQ(is_even(3).error().code, "test.odd");
}

TEST(Result, WithinPutsThePlaceInFrontAndKeepsTheCode) {
    const auto placed = within("line 3", half_of(7).error());
    EXPECT_EQ(placed.error().code, "test.odd");
    EXPECT_EQ(placed.error().detail, "line 3: 7 is odd");
}

} // namespace
} // namespace tidewaiter
