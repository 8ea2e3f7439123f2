#include "drivers/symbols/write.hpp"

#include "drivers/symbols/picture.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::symbols {
namespace {

TEST(Write, ChoosesTheSmallestVersion) {
    // 20 alphanumeric characters fit version 1 at M; one more, or the same in bytes, does not (ISO/IEC 18004 table 7).
    EXPECT_EQ(qr_modules(std::string(20, 'A'))->width, 21U);
    EXPECT_EQ(qr_modules(std::string(21, 'A'))->width, 25U);
    EXPECT_EQ(qr_modules(std::string(14, 'a'))->width, 21U);
    EXPECT_EQ(qr_modules(std::string(15, 'a'))->width, 25U);
    EXPECT_EQ(qr_modules(std::string(1'451, 'A'))->width, 17U + 4U * 25U);
    EXPECT_EQ(qr_modules(std::string(1'452, 'A'))->width, 17U + 4U * 26U);
}

TEST(Write, HoldsUpToTheLargestQrCode) {
    EXPECT_EQ(qr_modules(std::string(4'296, 'A'), Correction::Low)->width, 177U);
    EXPECT_EQ(qr_modules(std::string(4'297, 'A'), Correction::Low).error().code, "symbols.too-long");
    EXPECT_EQ(qr_modules(std::string(3'392, 'A'), Correction::Medium).error().code, "symbols.too-long");
    EXPECT_EQ(qr_modules(std::string(1'000'000, 'A')).error().code, "symbols.too-long");
    EXPECT_EQ(qr_modules("").error().code, "symbols.empty");
}

TEST(Write, DrawsModulesWithTheirQuietZone) {
    const Modules modules{2, 1, {1, 0}};
    const Result<Bytes> file = write_png(modules, 3, 1);
    ASSERT_TRUE(file);
    const Result<GreyImage> image = load_picture(*file);
    ASSERT_TRUE(image) << image.error().detail;
    EXPECT_EQ(image->width, 12U);
    EXPECT_EQ(image->height, 9U);
    for (std::uint32_t y = 0; y < image->height; ++y)
        for (std::uint32_t x = 0; x < image->width; ++x)
            EXPECT_EQ(image->pixels[y * image->width + x], x >= 3 && x < 6 && y >= 3 && y < 6 ? 0 : 255) << x << ' ' << y;
}

TEST(Write, RefusesStylesOutOfRange) {
    const Modules modules{1, 1, {1}};
    EXPECT_EQ(write_png(modules, 0, 4).error().code, "symbols.style");
    EXPECT_EQ(write_png(modules, 65, 4).error().code, "symbols.style");
    EXPECT_EQ(write_png(modules, 1, 33).error().code, "symbols.style");
    EXPECT_EQ(write_png({2, 2, {1}}, 1, 4).error().code, "symbols.style");
    EXPECT_EQ(write_png({}, 1, 4).error().code, "symbols.style");
}

TEST(Write, RefusesTextTheOtherSymbologiesDoNotHold) {
    EXPECT_EQ(write_pdf417_png("").error().code, "symbols.empty");
    EXPECT_EQ(write_pdf417_png(std::string(1'851, 'A')).error().code, "symbols.too-long");
    EXPECT_EQ(write_code128_png("").error().code, "symbols.empty");
    EXPECT_EQ(write_code128_png(std::string(81, 'A')).error().code, "symbols.too-long");
    EXPECT_EQ(write_code128_png("caf\xC3\xA9").error().code, "symbols.unwritable");
}

} // namespace
} // namespace tidewaiter::symbols
