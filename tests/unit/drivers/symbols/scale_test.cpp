#include "drivers/symbols/readers.hpp"

#include "tests/unit/drivers/symbols/made_pictures.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::symbols {
namespace {

TEST(Scale, ReducingTakesTheMeanOfEachBlock) {
    const GreyImage image{4, 2, {0, 10, 100, 100, 20, 30, 100, 104}};
    const GreyImage small = reduced(image, 2);
    EXPECT_EQ(small.width, 2U);
    EXPECT_EQ(small.height, 1U);
    EXPECT_EQ(small.pixels, (Bytes{15, 101}));
}

TEST(Scale, ReducingLeavesOutWhatFillsNoBlock) {
    const GreyImage small = reduced(test::slope(7, 5), 3);
    EXPECT_EQ(small.width, 2U);
    EXPECT_EQ(small.height, 1U);
    EXPECT_EQ(small.pixels.size(), 2U);
    EXPECT_TRUE(reduced(test::slope(2, 2), 3).pixels.empty());
}

TEST(Scale, EnlargingInterpolatesAndKeepsTheOriginalPixels) {
    const GreyImage big = enlarged({2, 2, {0, 100, 50, 200}});
    EXPECT_EQ(big.width, 4U);
    EXPECT_EQ(big.height, 4U);
    EXPECT_EQ(big.pixels, (Bytes{0, 50, 100, 100, 25, 88, 150, 150, 50, 125, 200, 200, 50, 125, 200, 200}));
}

TEST(Scale, InvertingTwiceGivesTheSame) {
    const GreyImage image = test::slope(9, 9);
    EXPECT_EQ(test::difference(inverted(inverted(image)), image), 0);
    EXPECT_EQ(inverted({1, 1, {40}}).pixels, Bytes{215});
}

} // namespace
} // namespace tidewaiter::symbols
