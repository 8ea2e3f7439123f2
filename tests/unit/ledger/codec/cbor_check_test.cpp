#include "ledger/codec/cbor.hpp"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using cbor::Rules;

/// Hex with blanks for the eye.
Bytes spaced_hex(std::string text) {
    std::erase(text, ' ');
    return from_hex(text).value();
}

std::string repeat(std::string_view part, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += part;
    return text;
}

std::string check_code(std::string_view hex, Rules rules = {}) {
    const auto status = cbor::check(spaced_hex(std::string(hex)), rules);
    return status ? "ok" : std::string(status.error().code);
}

struct Broken {
    std::string hex;
    std::string_view code;
    std::size_t offset;
};

void expect_broken(const std::vector<Broken>& cases, Rules rules = {}) {
    for (const Broken& one : cases) {
        const auto status = cbor::check(spaced_hex(one.hex), rules);
        ASSERT_FALSE(status.has_value()) << one.hex;
        EXPECT_EQ(status.error().code, one.code) << one.hex << ": " << status.error().detail;
        EXPECT_TRUE(status.error().detail.starts_with("at byte " + std::to_string(one.offset) + ": "))
            << one.hex << ": " << status.error().detail;
    }
}

TEST(CborCheck, AcceptsWhatObeysEveryRule) {
    for (const std::string_view hex :
         {"00", "17", "18 18", "18 ff", "19 0100", "1a 00010000", "1b 0000000100000000", "1b ffffffffffffffff", "20",
          "3b ffffffffffffffff", "40", "41 01", "60", "61 61", "81 01", "a1 01 02", "f4", "f5",
          // 10 < 100 < -1 < "z" < "aa"
          "a5 0a 00 1864 00 20 00 617a 00 626161 00"})
        EXPECT_EQ(check_code(hex), "ok") << hex;
}

TEST(CborCheck, Rule1_IndefiniteLengths) {
    expect_broken({{"9f 01 ff", "cbor.indefinite", 0},
                   {"82 01 5f 41 01 ff", "cbor.indefinite", 2},
                   {"bf 01 01 ff", "cbor.indefinite", 0},
                   {"7f 61 61 ff", "cbor.indefinite", 0}});
    for (const std::string_view hex : {"9f 01 ff", "82 01 5f 41 01 ff", "bf 01 01 ff", "7f 61 61 ff", "9f ff", "5f ff"})
        EXPECT_EQ(check_code(hex, cbor::kRelaxed), "ok") << hex;
}

TEST(CborCheck, Rule2_HeadsThatAreNotShortest) {
    const std::vector<Broken> cases{{"18 17", "cbor.not-shortest", 0},
                                    {"19 00ff", "cbor.not-shortest", 0},
                                    {"1a 0000ffff", "cbor.not-shortest", 0},
                                    {"1b 00000000ffffffff", "cbor.not-shortest", 0},
                                    {"38 00", "cbor.not-shortest", 0},
                                    {"58 01 01", "cbor.not-shortest", 0},
                                    {"82 01 78 01 61", "cbor.not-shortest", 2},
                                    {"98 01 01", "cbor.not-shortest", 0},
                                    {"b8 01 01 01", "cbor.not-shortest", 0},
                                    {"a1 18 01 00", "cbor.not-shortest", 1},
                                    {"d8 12 00", "cbor.not-shortest", 0}};
    expect_broken(cases, {.allow_tags = true});
    for (const Broken& one : cases) EXPECT_EQ(check_code(one.hex, cbor::kRelaxed), "ok") << one.hex;
}

TEST(CborCheck, Rule3_KeysOutOfOrder) {
    const std::vector<Broken> cases{{"a2 02 01 01 01", "cbor.key-order", 3},
                                    {"a2 20 00 01 00", "cbor.key-order", 3},
                                    {"a2 1864 00 0a 00", "cbor.key-order", 4},
                                    // "aa" before "z" is the order of an older RFC's rival, bytewise on the content
                                    {"a2 626161 00 617a 00", "cbor.key-order", 5},
                                    {"a2 6161 00 01 00", "cbor.key-order", 4},
                                    {"81 a3 01 00 03 00 02 00", "cbor.key-order", 6}};
    expect_broken(cases);
    for (const Broken& one : cases) EXPECT_EQ(check_code(one.hex, cbor::kRelaxed), "ok") << one.hex;
}

TEST(CborCheck, Rule4_DuplicateKeysUnderEveryRuleSet) {
    const std::vector<Broken> cases{{"a2 01 00 01 00", "cbor.duplicate-key", 3},
                                    {"a2 6161 00 6161 00", "cbor.duplicate-key", 4},
                                    {"a2 01 00 02 a2 20 00 20 00", "cbor.duplicate-key", 7},
                                    {"a1 01 81 a2 05 00 05 00", "cbor.duplicate-key", 6}};
    expect_broken(cases);
    expect_broken(cases, cbor::kRelaxed);
    // Unordered, or written in two ways.
    expect_broken({{"a3 02 00 01 00 02 00", "cbor.duplicate-key", 5},
                   {"a2 01 00 1801 00", "cbor.duplicate-key", 3},
                   {"a3 05 00 01 a2 07 00 05 00 1805 00", "cbor.duplicate-key", 9},
                   {"bf 6162 00 6161 00 6162 00 ff", "cbor.duplicate-key", 7},
                   {"a2 7801 61 00 6161 00", "cbor.duplicate-key", 5}},
                  cbor::kRelaxed);
    EXPECT_EQ(check_code("a3 05 00 01 a1 05 00 04 00", cbor::kRelaxed), "ok") << "5 within a value is another map's key";
}

TEST(CborCheck, Rule5_Floats) {
    expect_broken({{"f9 3c00", "cbor.float", 0}, {"82 01 fb 3ff199999999999a", "cbor.float", 2}});
    const Rules floats{.allow_floats = true};
    for (const std::string_view hex : {"f9 3c00", "f9 0001", "f9 7c00", "f9 7e00", "f9 8000", "fa 47c35000", "fa 00000001",
                                       "fa 38800001", "fb 3ff199999999999a", "fb 47efffffe0000001", "fb 0000000000000001",
                                       "fb 36a0000000000001"})
        EXPECT_EQ(check_code(hex, floats), "ok") << hex;
    for (const std::string_view hex :
         {"fa 3f800000", "fa 00000000", "fa 7f800000", "fa 33800000", "fa 477fe000", "fb 3ff0000000000000",
          "fb 40f86a0000000000", "fb 36a0000000000000", "fb 47efffffe0000000", "fb fff0000000000000", "fb 8000000000000000",
          // NaN in any form but f97e00
          "f9 7e01", "f9 fe00", "fa 7fc00000", "fb 7ff8000000000001"}) {
        EXPECT_EQ(check_code(hex, floats), "cbor.float") << hex;
        EXPECT_EQ(check_code(hex, cbor::kRelaxed), "ok") << hex;
    }
}

TEST(CborCheck, Rule6_TextThatIsNotUtf8) {
    const std::vector<Broken> cases{
        {"61 ff", "cbor.utf8", 0}, {"81 62 c080", "cbor.utf8", 1}, {"a1 61 80 00", "cbor.utf8", 1}, {"63 eda080", "cbor.utf8", 0}};
    expect_broken(cases);
    expect_broken(cases, cbor::kRelaxed);
    // A character may not be cut between chunks (RFC 8949 section 3.2.3).
    expect_broken({{"7f 61 c3 61 bc ff", "cbor.utf8", 1}}, cbor::kRelaxed);
}

TEST(CborCheck, Rule7_BytesAfterTheItem) {
    expect_broken({{"01 02", "cbor.trailing", 1}, {"81 01 ff", "cbor.trailing", 2}, {"40 00", "cbor.trailing", 1}});
    expect_broken({{"01 02", "cbor.trailing", 1}}, cbor::kRelaxed);
}

TEST(CborCheck, Rule8_DepthOfSixteenAtTheUtmost) {
    EXPECT_EQ(check_code(repeat("81", 16) + "01"), "ok");
    expect_broken({{repeat("81", 17) + "01", "cbor.depth", 16}, {repeat("a101", 17) + "01", "cbor.depth", 32}});
    EXPECT_EQ(check_code(repeat("9f", 17) + "01" + repeat("ff", 17), cbor::kRelaxed), "cbor.depth");
    EXPECT_EQ(check_code(repeat("81", 17) + "01", {.max_depth = 1000}), "cbor.depth") << "no rule set goes deeper";
    EXPECT_EQ(check_code("81 81 01", {.max_depth = 1}), "cbor.depth");
    EXPECT_EQ(check_code("81 01", {.max_depth = 1}), "ok");
    EXPECT_EQ(check_code("01", {.max_depth = 0}), "ok");
}

TEST(CborCheck, Rule8_ManyTagsCostNeitherDepthNorStack) {
    EXPECT_EQ(check_code(repeat("c6", 1'000'000) + "01", cbor::kRelaxed), "ok");
    EXPECT_EQ(check_code(repeat("c6", 1'000'000), cbor::kRelaxed), "cbor.truncated");
}

TEST(CborCheck, Rule9_CountsThatCanNotBeTrue) {
    const std::vector<Broken> cases{{"9a ffffffff", "cbor.count", 0},
                                    {"9b ffffffffffffffff", "cbor.count", 0},
                                    {"83 01 02", "cbor.count", 0},
                                    {"a2 01 02 03", "cbor.count", 0},
                                    {"ba 80000001 01", "cbor.count", 0},
                                    {repeat("9a000f4240", 1000), "cbor.count", 0}};
    expect_broken(cases);
    expect_broken(cases, cbor::kRelaxed);
    expect_broken({{"5b ffffffffffffffff", "cbor.truncated", 0}, {"62 61", "cbor.truncated", 0}});
}

TEST(CborCheck, Rule10_KeysAreIntegersOrShortTexts) {
    const std::vector<Broken> cases{{"a1 41 01 00", "cbor.key-type", 1}, {"a1 81 01 00", "cbor.key-type", 1},
                                    {"a1 f4 00", "cbor.key-type", 1},    {"a1 c0 01 00", "cbor.key-type", 1},
                                    {"a1 f8 3b 00", "cbor.key-type", 1}, {"a1 f9 3c00 00", "cbor.key-type", 1},
                                    {"a1 79 0100" + repeat("61", 256) + "00", "cbor.key-type", 1}};
    expect_broken(cases);
    expect_broken(cases, cbor::kRelaxed);
    EXPECT_EQ(check_code("a1 78 ff" + repeat("61", 255) + "00"), "ok");
    EXPECT_EQ(check_code("a1 7f 61 61 ff 00", cbor::kRelaxed), "cbor.indefinite");
}

TEST(CborCheck, Rule11_TagsOnlyWhereTheyAreKnown) {
    expect_broken({{"d2 80", "cbor.tag", 0}, {"81 c1 00", "cbor.tag", 1}});
    EXPECT_EQ(check_code("81 c1 00", {.allow_tags = true}), "ok");
}

TEST(CborCheck, Rule12_SimpleValues) {
    expect_broken({{"f0", "cbor.simple", 0}, {"f8 3b", "cbor.simple", 0}, {"81 e0", "cbor.simple", 1}});
    expect_broken({{"f6", "cbor.null", 0}, {"a1 01 f7", "cbor.null", 2}});
    EXPECT_EQ(check_code("f6", {.allow_null = true}), "ok");
    EXPECT_EQ(check_code("f8 3b", {.allow_simple = true}), "ok");
    expect_broken({{"f8 1f", "cbor.simple", 0}, {"f8 14", "cbor.simple", 0}}, cbor::kRelaxed);
}

TEST(CborCheck, EmptyMapsAndArraysAreLeftOut) {
    expect_broken({{"80", "cbor.empty", 0}, {"a0", "cbor.empty", 0}, {"a1 01 80", "cbor.empty", 2}});
    for (const std::string_view hex : {"80", "a0", "a1 01 80"}) EXPECT_EQ(check_code(hex, {.allow_empty = true}), "ok");
    Rules indefinite = cbor::kRelaxed;
    indefinite.allow_empty = false;
    expect_broken({{"9f ff", "cbor.empty", 0}, {"bf ff", "cbor.empty", 0}}, indefinite);
}

TEST(CborCheck, WhatIsNotCborAtAll) {
    const std::vector<Broken> cases{
        {"", "cbor.truncated", 0},       {"18", "cbor.truncated", 0},      {"1b 00000000000000", "cbor.truncated", 0},
        {"1c", "cbor.malformed", 0},     {"3d", "cbor.malformed", 0},      {"5e", "cbor.malformed", 0},
        {"fc", "cbor.malformed", 0},     {"ff", "cbor.malformed", 0},      {"81 ff", "cbor.malformed", 1},
        {"1f", "cbor.malformed", 0},     {"3f", "cbor.malformed", 0},      {"df 00", "cbor.malformed", 0},
        {"f9 00", "cbor.truncated", 0}};
    expect_broken(cases);
    expect_broken(cases, cbor::kRelaxed);
    expect_broken({{"9f 01", "cbor.truncated", 2},
                   {"5f 61 61 ff", "cbor.malformed", 1},
                   {"5f 5f 41 00 ff ff", "cbor.malformed", 1},
                   {"bf 01 ff", "cbor.malformed", 2},
                   {"c1 ff", "cbor.malformed", 1}},
                  cbor::kRelaxed);
}

TEST(CborCheck, HostileUnorderedMapsEndSoon) {
    // Descending keys are the worst case: each is looked for among all before it.
    const auto descending = [](std::size_t count) {
        std::string map = "b9" + to_hex(Bytes{static_cast<std::uint8_t>(count >> 8U), static_cast<std::uint8_t>(count & 255U)});
        for (std::size_t i = count; i-- > 0;)
            map += "19" + to_hex(Bytes{static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i & 255U)}) + "00";
        return map;
    };
    EXPECT_EQ(check_code(descending(1000), cbor::kRelaxed), "ok");
    EXPECT_EQ(check_code(descending(40'000), cbor::kRelaxed), "cbor.count");
}

} // namespace
} // namespace tidewaiter
