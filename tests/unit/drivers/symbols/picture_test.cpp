#include "drivers/symbols/picture.hpp"

#include "tests/unit/drivers/symbols/made_pictures.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::symbols {
namespace {

std::string code_of(ByteView file, const PictureLimits& limits = {}) {
    const Result<GreyImage> image = load_picture(file, limits);
    return image ? "read" : std::string(image.error().code);
}

TEST(Picture, ReadsEveryKindOfPng) {
    const GreyImage image = test::slope(61, 37);
    for (const int color_type : {0, 2, 3, 4, 6})
        for (const int depth : {8, 16})
            for (const bool interlaced : {false, true}) {
                if (color_type == 3 && depth == 16) continue;
                const Bytes file = test::make_png(image, {color_type, depth, interlaced});
                const Result<GreyImage> read = load_picture(file);
                ASSERT_TRUE(read) << color_type << ' ' << depth << ' ' << read.error().detail;
                EXPECT_LE(test::difference(*read, image), 1) << color_type << ' ' << depth << ' ' << interlaced;
            }
}

TEST(Picture, ReadsEveryKindOfJpeg) {
    const GreyImage image = test::slope(64, 48);
    for (const auto kind :
         {test::JpegKind::Grey, test::JpegKind::Colour, test::JpegKind::Progressive, test::JpegKind::Inks}) {
        const Result<GreyImage> read = load_picture(test::make_jpeg(image, kind));
        ASSERT_TRUE(read) << read.error().detail;
        EXPECT_LE(test::difference(*read, image), 16) << static_cast<int>(kind);
    }
}

TEST(Picture, RefusesWhatIsNoPicture) {
    EXPECT_EQ(code_of({}), "picture.empty");
    EXPECT_EQ(code_of(as_bytes("TW1:no picture at all")), "picture.format");
    EXPECT_EQ(code_of(as_bytes("GIF89a")), "picture.format");
    EXPECT_EQ(code_of(Bytes(5'000, 0)), "picture.format");
    EXPECT_EQ(code_of(as_bytes("\x89PN")), "picture.truncated");
    EXPECT_EQ(code_of(as_bytes("\xFF\xD8")), "picture.truncated");
}

TEST(Picture, RefusesAPngCutAnywhereBeforeItsLastPixel) {
    const Bytes file = test::make_png(test::slope(40, 40), {});
    const std::size_t after_pixels = file.size() - 12; // the closing chunk holds no pixel
    for (std::size_t size = 1; size < after_pixels - 4; ++size)
        EXPECT_EQ(code_of(ByteView(file).first(size)), "picture.truncated") << size;
}

TEST(Picture, RefusesAJpegCutAnywhere) {
    for (const auto kind : {test::JpegKind::Grey, test::JpegKind::Progressive}) {
        const Bytes file = test::make_jpeg(test::slope(64, 64), kind);
        for (std::size_t size = 1; size + 2 < file.size(); ++size) {
            const std::string code = code_of(ByteView(file).first(size));
            EXPECT_TRUE(code == "picture.truncated" || code == "picture.corrupt") << size << ' ' << code;
        }
    }
}

TEST(Picture, RefusesAPngWithAFlippedBit) {
    const Bytes file = test::make_png(test::slope(40, 40), {});
    for (std::size_t at = 16; at + 12 < file.size(); at += 3) {
        Bytes bad = file;
        bad[at] ^= 0x10;
        EXPECT_NE(code_of(bad), "read") << at;
    }
}

TEST(Picture, JudgesSidesBeforeAnythingElse) {
    EXPECT_EQ(code_of(test::png_claiming(10'000, 10'000)), "picture.too-large");
    EXPECT_EQ(code_of(test::png_claiming(0x80000000U, 1)), "picture.too-large");
    EXPECT_EQ(code_of(test::png_claiming(0x7FFFFFFFU, 0x7FFFFFFFU)), "picture.too-large");
    EXPECT_EQ(code_of(test::png_claiming(20'001, 1)), "picture.too-large");
    EXPECT_EQ(code_of(test::png_claiming(0, 5)), "picture.corrupt");
    // At the limit the size is no reason any more, the missing rest is.
    EXPECT_EQ(code_of(test::png_claiming(10'000, 5'000)), "picture.truncated");
    EXPECT_EQ(code_of(test::png_claiming(10'000, 5'001)), "picture.too-large");
}

TEST(Picture, JudgesAJpegsSidesBeforeItUnpacksIt) {
    Bytes file = test::make_jpeg(test::slope(64, 64), test::JpegKind::Grey);
    std::size_t frame = 0;
    for (std::size_t i = 0; i + 9 < file.size() && frame == 0; ++i)
        if (file[i] == 0xFF && file[i + 1] == 0xC0) frame = i;
    ASSERT_NE(frame, 0U);
    for (const std::uint8_t high : Bytes{0x52, 0xFF}) { // 21,074 is above our limit, 65,535 above the library's
        for (std::size_t i = 5; i < 9; ++i) file[frame + i] = high;
        EXPECT_EQ(code_of(file), "picture.too-large") << int{high};
    }
}

TEST(Picture, KeepsToTheCallersLimits) {
    const Bytes file = test::make_png(test::slope(100, 100), {});
    EXPECT_EQ(code_of(file, {.max_file_bytes = file.size()}), "read");
    EXPECT_EQ(code_of(file, {.max_file_bytes = file.size() - 1}), "picture.too-large");
    EXPECT_EQ(code_of(file, {.max_pixels = 10'000}), "read");
    EXPECT_EQ(code_of(file, {.max_pixels = 9'999}), "picture.too-large");
    EXPECT_EQ(code_of(file, {.max_side = 100}), "read");
    EXPECT_EQ(code_of(file, {.max_side = 99}), "picture.too-large");
}

TEST(Picture, RefusesAChunkThatUnpacksToMuch) {
    // A compressed text of 40 MB in a few bytes is skipped or refused, never kept.
    Bytes file = test::png_claiming(4, 4);
    append(file, test::png_chunk("zTXt", Bytes(2'000'000, 'a')));
    EXPECT_EQ(code_of(file), "picture.truncated");
}

TEST(Picture, LaysTransparentPixelsOnWhite) {
    GreyImage dark = test::slope(8, 8);
    Bytes file = test::make_png(dark, {.color_type = 4});
    const Result<GreyImage> opaque = load_picture(file);
    ASSERT_TRUE(opaque);
    EXPECT_EQ(test::difference(*opaque, dark), 0);
    // A colour made transparent by tRNS: grey 0 becomes white.
    const GreyImage black{8, 8, Bytes(64, 0)};
    const Bytes plain = test::make_png(black, {.color_type = 0});
    Bytes clear(plain.begin(), plain.begin() + 33);
    append(clear, test::png_chunk("tRNS", Bytes{0, 0}));
    append(clear, ByteView(plain).subspan(33));
    const Result<GreyImage> white = load_picture(clear);
    ASSERT_TRUE(white) << white.error().detail;
    EXPECT_EQ(white->pixels, Bytes(64, 255));
}

} // namespace
} // namespace tidewaiter::symbols
