#include "ledger/claims/text.hpp"

#include "ledger/codec/base45.hpp"
#include "ledger/codec/zlib/inflate.hpp"

#include <gtest/gtest.h>

namespace tidewaiter::claims {
namespace {

TEST(CodeText, TakesTheShorterForm) {
    const Bytes flat(600, 'a');
    EXPECT_TRUE(to_text(flat).starts_with("TWZ1:"));
    EXPECT_EQ(from_text(to_text(flat)).value(), flat);
    const Bytes short_one = {0xd2, 0x84, 0x01};
    EXPECT_EQ(to_text(short_one), "TW1:" + base45::encode(short_one));
    EXPECT_EQ(from_text(to_text(short_one)).value(), short_one);
}

TEST(CodeText, ReadsEitherFormWhateverIsShorter) {
    const Bytes bytes = {1, 2, 3};
    EXPECT_EQ(from_text("TW1:" + base45::encode(bytes)).value(), bytes);
    EXPECT_EQ(from_text("TWZ1:" + base45::encode(zlib::deflate(bytes))).value(), bytes);
}

TEST(CodeText, SaysWhatIsWrong) {
    EXPECT_EQ(from_text("HC1:6BF").error().code, "text.prefix");
    EXPECT_EQ(from_text("tw1:BB8").error().code, "text.prefix");
    EXPECT_EQ(from_text("").error().code, "text.prefix");
    EXPECT_EQ(from_text("TW1L:DE*ATA*1*Y11*A").error().code, "text.prefix");
    EXPECT_EQ(from_text("TW1:BB8B").error().code, "base45.length");
    EXPECT_EQ(from_text("TW1:bb8").error().code, "base45.character");
    EXPECT_EQ(from_text("TW1::::").error().code, "base45.overflow");
    EXPECT_EQ(from_text("TWZ1:BB8").error().code, "inflate.corrupt");
    Bytes cut = zlib::deflate(Bytes(100, 'a'));
    cut.resize(cut.size() - 4);
    EXPECT_EQ(from_text("TWZ1:" + base45::encode(cut)).error().code, "inflate.truncated");
}

TEST(CodeText, HasItsLimits) {
    EXPECT_TRUE(from_text("TW1:" + std::string(4'290, '0')).has_value());
    EXPECT_EQ(from_text("TW1:" + std::string(4'293, '0')).error().code, "text.length");
    EXPECT_EQ(from_text("TW1:" + std::string(1'000'000, '0')).error().code, "text.length");
    const auto zipped = [](std::size_t size) {
        return "TWZ1:" + base45::encode(zlib::deflate(Bytes(size, 0)));
    };
    EXPECT_TRUE(from_text(zipped(4'096)).has_value());
    EXPECT_EQ(from_text(zipped(4'097)).error().code, "inflate.too-large");
    EXPECT_EQ(from_text(zipped(1'000'000)).error().code, "inflate.too-large");
}

Locator sample_locator() {
    return {
        .territory = "DE", .scheme = "ATA", .number = "DEF/2026/03355", .colour = 2, .sheet = 1, .half = 2};
}
constexpr std::string_view kSampleText = "TW1L:DE*ATA*DEF/2026/03355*W12*R";

TEST(Locator, RoundTripsTheSample) {
    EXPECT_EQ(format_locator(sample_locator()), kSampleText);
    EXPECT_EQ(parse_locator(kSampleText).value(), sample_locator());
}

TEST(Locator, RoundTripsEverySchemeColourAndHalf) {
    for (const std::string_view scheme : {"ATA", "TECRO_AIT", "CPD_CN_TW", "CA_TW", "CPD"}) {
        for (int colour = 1; colour <= 3; ++colour) {
            for (const int sheet : {1, 9, 10, 99}) {
                for (int half = 1; half <= 2; ++half) {
                    const Locator locator{.territory = "US",
                                          .scheme = std::string(scheme),
                                          .number = "US26/104417.A-1+$%:",
                                          .colour = colour,
                                          .sheet = sheet,
                                          .half = half};
                    const Result<Locator> read = parse_locator(format_locator(locator));
                    ASSERT_TRUE(read.has_value()) << format_locator(locator) << " " << read.error().detail;
                    EXPECT_EQ(*read, locator);
                }
            }
        }
    }
}

TEST(Locator, MayBeTypedInSmallLettersWithSpaces) {
    EXPECT_EQ(parse_locator("  tw1l: de*ata* def/2026/03355 *w12*r \n").value(), sample_locator());
}

TEST(Locator, CheckCharacterCatchesEverySingleError) {
    // ISO 7064 mod 37,36 catches every substitution among the characters it covers.
    const std::string good(kSampleText);
    std::size_t changed = 0;
    for (std::size_t i = 5; i + 2 < good.size(); ++i) {
        if (std::isalnum(static_cast<unsigned char>(good[i])) == 0) continue;
        for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
            if (c == good[i]) continue;
            std::string bad = good;
            bad[i] = c;
            const Result<Locator> read = parse_locator(bad);
            ASSERT_FALSE(read.has_value()) << bad;
            if (read.error().code == "locator.check") ++changed;
        }
    }
    EXPECT_GT(changed, 400U);
}

TEST(Locator, NamesThePartThatIsWrong) {
    const auto code = [](std::string_view text) {
        const Result<Locator> read = parse_locator(text);
        return read ? std::string_view("accepted") : read.error().code;
    };
    EXPECT_EQ(code("TW1:DE*ATA*1*Y11*A"), "locator.prefix");
    EXPECT_EQ(code("TW1L:DE*ATA*1*Y11"), "locator.parts");
    EXPECT_EQ(code("TW1L:DE*ATA*1*Y11*A*B"), "locator.parts");
    EXPECT_EQ(code("TW1L:DEU*ATA*1*Y11*A"), "locator.territory");
    EXPECT_EQ(code("TW1L:D1*ATA*1*Y11*A"), "locator.territory");
    EXPECT_EQ(code("TW1L:DE*TIR*1*Y11*A"), "locator.scheme");
    EXPECT_EQ(code("TW1L:DE*ATA**Y11*A"), "locator.number");
    EXPECT_EQ(code("TW1L:DE*ATA*123456789012345678901*Y11*A"), "locator.number");
    EXPECT_EQ(code("TW1L:DE*ATA*1_2*Y11*A"), "locator.number");
    EXPECT_EQ(code("TW1L:DE*ATA*1*G11*A"), "locator.sheet");
    EXPECT_EQ(code("TW1L:DE*ATA*1*Y1*A"), "locator.sheet");
    EXPECT_EQ(code("TW1L:DE*ATA*1*Y01*A"), "locator.sheet");
    EXPECT_EQ(code("TW1L:DE*ATA*1*Y011*A"), "locator.sheet");
    EXPECT_EQ(code("TW1L:DE*ATA*1*Y1002*A"), "locator.sheet");
    EXPECT_EQ(code("TW1L:DE*ATA*1*Y13*A"), "locator.sheet");
    EXPECT_EQ(code("TW1L:DE*ATA*DEF/2026/03355*W12*"), "locator.check");
    EXPECT_EQ(code("TW1L:DE*ATA*DEF/2026/03355*W12*S"), "locator.check");
    EXPECT_EQ(code("TW1L:" + std::string(60, 'A')), "locator.length");
}

TEST(Number, IsNormalised) {
    EXPECT_EQ(normalise_number(" lo/26/ 00981\t"), "LO/26/00981");
    EXPECT_EQ(normalise_number(""), "");
}

} // namespace
} // namespace tidewaiter::claims
