#include "ledger/codec/base45.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

struct BadBase45 {
    std::string_view text;
    std::string_view code;
    std::string_view detail_begins;
};

TEST(Base45, KnowsTheExamplesOfItsRfc) {
    const std::vector<std::pair<std::string_view, std::string_view>> examples{
        {"", ""}, {"AB", "BB8"}, {"Hello!!", "%69 VD92EX0"}, {"base-45", "UJCLQE7W581"}, {"ietf!", "QED8WEX0"}};
    for (const auto& [plain, encoded] : examples) {
        EXPECT_EQ(base45::encode(as_bytes(plain)), encoded);
        EXPECT_EQ(as_text(base45::decode(encoded).value()), plain);
    }
}

TEST(Base45, EveryPairAndEveryByteComesBack) {
    for (std::uint32_t n = 0; n <= 0xFFFF; ++n) {
        const Bytes pair{static_cast<std::uint8_t>(n >> 8U), static_cast<std::uint8_t>(n & 0xFFU)};
        ASSERT_EQ(base45::decode(base45::encode(pair)).value(), pair);
    }
    for (std::uint32_t n = 0; n <= 0xFF; ++n) {
        const Bytes one{static_cast<std::uint8_t>(n)};
        ASSERT_EQ(base45::decode(base45::encode(one)).value(), one);
    }
}

TEST(Base45, ASpaceIsADigitEvenAtTheEnd) {
    // 36 = the space: 0 + 45 * 0 + 2025 * 36 is too much, 36 + 45 * 0 is byte 0x24.
    EXPECT_EQ(base45::decode(" 0").value(), Bytes{0x24});
    EXPECT_EQ(base45::decode("00 ").error().code, "base45.overflow");
    EXPECT_EQ(base45::decode("0 0").value(), (Bytes{0x06, 0x54}));
}

TEST(Base45, BoundariesOfGroups) {
    EXPECT_EQ(base45::decode("FGW").value(), (Bytes{0xFF, 0xFF}));
    EXPECT_EQ(base45::decode("U5").value(), Bytes{0xFF});
    for (const BadBase45& bad :
         {BadBase45{"GGW", "base45.overflow", "at character 0:"}, {":::", "base45.overflow", "at character 0:"},
          {"000::", "base45.overflow", "at character 3:"}, {"V5", "base45.overflow", "at character 0:"},
          {"0", "base45.length", "at character 0:"}, {"BB8B", "base45.length", "at character 3:"},
          {"BB8bb8", "base45.character", "at character 3:"}, {"B\n8", "base45.character", "at character 1:"},
          {"BB8B\xC3", "base45.character", "at character 4:"}}) {
        const auto read = base45::decode(bad.text);
        ASSERT_FALSE(read.has_value()) << bad.text;
        EXPECT_EQ(read.error().code, bad.code) << bad.text;
        EXPECT_TRUE(read.error().detail.starts_with(bad.detail_begins)) << read.error().detail;
        EXPECT_TRUE(is_utf8(read.error().detail)) << "a detail is fit to be shown";
    }
}

} // namespace
} // namespace tidewaiter
