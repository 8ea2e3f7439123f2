#include "drivers/symbols/read.hpp"

#include "drivers/symbols/readers.hpp"
#include "drivers/symbols/write.hpp"
#include "tests/unit/drivers/symbols/made_pictures.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::symbols {
namespace {

GreyImage picture_of(const Result<Bytes>& file) {
    EXPECT_TRUE(file) << file.error().detail;
    Result<GreyImage> image = load_picture(*file);
    EXPECT_TRUE(image) << image.error().detail;
    return std::move(*image);
}

/// The one symbol in a picture.
Symbol only_symbol(const GreyImage& image) {
    const Result<std::vector<Symbol>> found = read_symbols(image);
    EXPECT_TRUE(found && found->size() == 1U);
    return found && !found->empty() ? found->front() : Symbol{};
}

GreyImage turned(const GreyImage& image) {
    GreyImage other{image.height, image.width, Bytes(image.pixels.size())};
    for (std::uint32_t y = 0; y < image.height; ++y)
        for (std::uint32_t x = 0; x < image.width; ++x)
            other.pixels[std::size_t{x} * other.width + (image.height - 1 - y)] =
                image.pixels[std::size_t{y} * image.width + x];
    return other;
}

/// Two pictures side by side on white.
GreyImage beside(const GreyImage& left, const GreyImage& right) {
    GreyImage both{left.width + right.width, std::max(left.height, right.height), {}};
    both.pixels.assign(std::size_t{both.width} * both.height, 255);
    const auto copy = [&](const GreyImage& from, std::uint32_t at) {
        for (std::uint32_t y = 0; y < from.height; ++y)
            std::copy_n(from.pixels.begin() + static_cast<std::ptrdiff_t>(std::size_t{y} * from.width), from.width,
                        both.pixels.begin() + static_cast<std::ptrdiff_t>(std::size_t{y} * both.width + at));
    };
    copy(left, 0);
    copy(right, left.width);
    return both;
}

TEST(Read, ReadsWhatWasWrittenUpToTheLongestCodeOfOurs) {
    for (const std::size_t size : {1U, 20U, 300U, 1'000U, 1'450U}) {
        std::string text = "TW1:";
        while (text.size() < size) text += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[text.size() * 7 % 45];
        text.resize(size);
        const Symbol symbol = only_symbol(picture_of(write_qr_png(text, {.pixels_per_module = 4})));
        EXPECT_EQ(symbol.format, Format::QrCode);
        EXPECT_EQ(as_text(symbol.bytes), text);
        EXPECT_EQ(symbol.text, text);
        EXPECT_TRUE(symbol.is_text);
        EXPECT_EQ(symbol.symbology_identifier, "]Q1");
    }
}

TEST(Read, KeepsBytesExactly) {
    // No UTF-8, a NUL, and something between: what a character set guess would change.
    std::string text("\x00\xFF\x80 caf\xE9\x1D", 9);
    const Symbol symbol = only_symbol(picture_of(write_qr_png(text)));
    EXPECT_EQ(as_text(symbol.bytes), text);
    EXPECT_FALSE(symbol.is_text);
    EXPECT_TRUE(is_utf8(symbol.text));
}

TEST(Read, SecondReaderKeepsBytesExactlyToo) {
    for (const std::string& text : {std::string("TW1:ABC 123"), std::string("\xFF\x80 caf\xE9", 7), std::string("\xC3\xA9t\xC3\xA9")}) {
        const std::vector<Symbol> found = read_by_zbar(picture_of(write_qr_png(text)), kMaxSymbols);
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(as_text(found[0].bytes), text);
        EXPECT_TRUE(is_utf8(found[0].text));
    }
}

TEST(Read, ReadsPdf417AndCode128InAnyOfFourDirections) {
    GreyImage pdf = picture_of(write_pdf417_png("A PDF417 SYMBOL 0123456789"));
    GreyImage bars = picture_of(write_code128_png("ATA-LO/26/00981"));
    for (int quarter = 0; quarter < 4; ++quarter) {
        const Symbol first = only_symbol(pdf);
        EXPECT_EQ(first.format, Format::Pdf417);
        EXPECT_EQ(first.text, "A PDF417 SYMBOL 0123456789");
        const Symbol second = only_symbol(bars);
        EXPECT_EQ(second.format, Format::Code128);
        EXPECT_EQ(as_text(second.bytes), "ATA-LO/26/00981");
        pdf = turned(pdf);
        bars = turned(bars);
    }
}

TEST(Read, ReadsLightOnDark) {
    const GreyImage image = picture_of(write_qr_png("TW1:NIGHT"));
    EXPECT_EQ(only_symbol(inverted(image)).text, "TW1:NIGHT");
}

TEST(Read, ReadsTwoSymbolsOfOnePicture) {
    const GreyImage both = beside(picture_of(write_qr_png("TW1:LEFT")), picture_of(write_qr_png("TW1:RIGHT")));
    const Result<std::vector<Symbol>> found = read_symbols(both);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 2U);
    EXPECT_NE(found->at(0).text, found->at(1).text);
    ReadOptions one;
    one.max_symbols = 1;
    EXPECT_EQ(read_symbols(both, one)->size(), 1U);
}

TEST(Read, ReadsALargeSymbolInALargePicture) {
    const GreyImage image = picture_of(write_qr_png("TW1:A LARGE PHOTOGRAPH", {.pixels_per_module = 64}));
    ASSERT_GT(image.pixels.size(), 4'000'000U);
    EXPECT_EQ(only_symbol(image).text, "TW1:A LARGE PHOTOGRAPH");
}

TEST(Read, FindsNothingInEmptyOrTinyPictures) {
    for (const auto& [width, height] : {std::pair{1U, 1U}, {1U, 500U}, {500U, 1U}, {2U, 2U}, {3U, 7U}, {300U, 200U}}) {
        for (const std::uint8_t value : Bytes{0, 127, 255}) {
            const GreyImage plain{width, height, Bytes(std::size_t{width} * height, value)};
            const Result<std::vector<Symbol>> found = read_symbols(plain);
            ASSERT_TRUE(found) << width << ' ' << height;
            EXPECT_TRUE(found->empty());
        }
    }
}

TEST(Read, RefusesAnImageWhoseSidesAndPixelsDisagree) {
    for (const GreyImage& image : {GreyImage{}, GreyImage{10, 10, Bytes(99)}, GreyImage{0, 10, {}},
                                   GreyImage{30'000, 1, Bytes(30'000)}}) {
        const Result<std::vector<Symbol>> found = read_symbols(image);
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code, "symbols.image");
    }
}

TEST(Read, BeginsNoAttemptAfterItsBudget) {
    ReadOptions none;
    none.budget = std::chrono::milliseconds(0);
    // Light on dark is found by a late attempt only.
    const GreyImage image = inverted(picture_of(write_qr_png("TW1:LATE")));
    EXPECT_TRUE(read_symbols(image, none)->empty());
    EXPECT_EQ(read_symbols(image)->size(), 1U);
}

TEST(Read, KnowsWhatReadsAsText) {
    EXPECT_TRUE(reads_as_text(as_bytes("line\r\n\ttext \xC3\xA9")));
    EXPECT_FALSE(reads_as_text(as_bytes("\xE9")));
    EXPECT_FALSE(reads_as_text(as_bytes("a\x1D")));
    EXPECT_FALSE(reads_as_text(as_bytes("a\x7F")));
    EXPECT_TRUE(is_utf8(text_of_qr_bytes(as_bytes("\x93\xE0\x91\xA4"))));
}

TEST(Symbol, EveryFormatHasItsOwnName) {
    std::vector<std::string_view> names;
    for (const Format format : kFormats) {
        EXPECT_NE(format_name(format), "unknown");
        EXPECT_EQ(std::count(names.begin(), names.end(), format_name(format)), 0);
        names.push_back(format_name(format));
    }
}

} // namespace
} // namespace tidewaiter::symbols
