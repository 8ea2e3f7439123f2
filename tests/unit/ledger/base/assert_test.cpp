#include "ledger/base/assert.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(Assert, StopsTheProgramAndNamesTheExpression) {
    const int lines = 3;
    EXPECT_DEATH(TW_ASSERT(lines == 4), "assert_test.cpp:[0-9]+: broken invariant: lines == 4");
}

TEST(Assert, EvaluatesItsExpressionOnce) {
    int count = 0;
    TW_ASSERT(++count == 1);
    EXPECT_EQ(count, 1);
}

} // namespace
} // namespace tidewaiter
