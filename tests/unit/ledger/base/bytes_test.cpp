#include "ledger/base/bytes.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

struct BadText {
    std::string_view text;
    std::string_view code;
    std::string_view detail_begins;
};

TEST(Hex, WritesLowerCaseAndReadsBothCases) {
    const Bytes bytes{0x00, 0x7F, 0xAB, 0xFF};
    EXPECT_EQ(to_hex(bytes), "007fabff");
    EXPECT_EQ(from_hex("007fabff").value(), bytes);
    EXPECT_EQ(from_hex("007FABFF").value(), bytes);
    EXPECT_EQ(to_hex({}), "");
    EXPECT_TRUE(from_hex("").value().empty());
}

TEST(Hex, RefusesWhatIsNoHexAndSaysWhere) {
    for (const BadText& bad : {BadText{"abc", "hex.length", "3 digits"}, {"0g", "hex.digit", "at character 1:"},
                               {"00 0", "hex.digit", "at character 2:"}, {"0x12", "hex.digit", "at character 1:"}}) {
        const auto read = from_hex(bad.text);
        ASSERT_FALSE(read.has_value()) << bad.text;
        EXPECT_EQ(read.error().code, bad.code) << bad.text;
        EXPECT_TRUE(read.error().detail.starts_with(bad.detail_begins)) << read.error().detail;
    }
}

TEST(Hex, FixedSizeIsExact) {
    EXPECT_EQ(from_hex_fixed<2>("0102").value(), (std::array<std::uint8_t, 2>{1, 2}));
    EXPECT_EQ(from_hex_fixed<2>("010203").error().code, "hex.length");
    EXPECT_EQ(from_hex_fixed<2>("01").error().code, "hex.length");
    EXPECT_EQ(from_hex_fixed<2>("01zz").error().code, "hex.digit");
}

TEST(Base64, KnowsTheExamplesOfRfc4648) {
    const std::vector<std::pair<std::string_view, std::string_view>> examples{
        {"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : examples) {
        EXPECT_EQ(to_base64(as_bytes(plain)), encoded);
        EXPECT_EQ(as_text(from_base64(encoded).value()), plain);
    }
    EXPECT_EQ(to_base64(Bytes{0xFB, 0xFF}), "+/8=");
}

TEST(Base64, AcceptsOneTextPerByteString) {
    for (const BadText& bad :
         {BadText{"Zg=", "base64.invalid", "at character 3:"}, {"Zg", "base64.invalid", "at character 2:"},
          {"Zh==", "base64.invalid", "at character 1:"}, {"Zm9=", "base64.invalid", "at character 2:"},
          {"Zg==Zg==", "base64.invalid", "at character 2:"}, {"Z===", "base64.invalid", "at character 1:"},
          {"====", "base64.invalid", "at character 0:"}, {"Zm9\n", "base64.invalid", "at character 3:"},
          {"-_8=", "base64.invalid", "at character 0:"}}) {
        const auto read = from_base64(bad.text);
        ASSERT_FALSE(read.has_value()) << bad.text;
        EXPECT_EQ(read.error().code, bad.code);
        EXPECT_TRUE(read.error().detail.starts_with(bad.detail_begins)) << bad.text << ": " << read.error().detail;
    }
}

TEST(Bytes, ViewsAndCopiesHoldTheSameBytes) {
    Bytes bytes = to_bytes(as_bytes("ab"));
    append(bytes, as_bytes("c"));
    EXPECT_EQ(as_text(bytes), "abc");
    EXPECT_TRUE(equal(bytes, as_bytes("abc")));
    EXPECT_FALSE(equal(bytes, as_bytes("abd")));
    EXPECT_FALSE(equal(bytes, as_bytes("ab")));
    EXPECT_TRUE(equal({}, {}));
}

} // namespace
} // namespace tidewaiter
